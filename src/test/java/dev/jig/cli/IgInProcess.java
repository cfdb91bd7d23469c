package dev.jig.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs the real command line within the test's process, one run at a time. Rows go through
/// `--output-file`, otherwise it behaves as with a stdout that is no terminal.
///
/// @param rows what a run without `--output-file` prints on stdout
public record IgInProcess(int exitCode, String rows, String stderr) {

  /// Runs `ig` with these words and nothing on stdin.
  public static IgInProcess run(String... words) throws IOException {
    return run(new byte[0], words);
  }

  public static IgInProcess run(byte[] stdin, String... words) throws IOException {
    Path rows = Files.createTempFile("rows", ".txt");
    try {
      IgInProcess run = runInto(rows, stdin, words);
      return new IgInProcess(run.exitCode, Files.readString(rows), run.stderr);
    } finally {
      Files.delete(rows);
    }
  }

  /// The same with its rows in a file, which may be binary, and not in the result.
  public static synchronized IgInProcess runInto(Path rows, byte[] stdin, String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.add("--output-file");
    line.add(rows.toString());
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    PrintStream stderr = System.err;
    InputStream in = System.in;
    System.setErr(new PrintStream(messages, true, StandardCharsets.UTF_8));
    System.setIn(new ByteArrayInputStream(stdin));
    try {
      int code = Ig.commandLine(Map.of()).execute(line.toArray(String[]::new));
      return new IgInProcess(code, "", messages.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(stderr);
      System.setIn(in);
    }
  }

  /// The rows as lines.
  public List<String> lines() {
    return rows.lines().toList();
  }
}

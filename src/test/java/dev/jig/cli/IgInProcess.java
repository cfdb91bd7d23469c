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

/// The real command line, run within the test's process: rows through `--output-file`, which is all
/// that differs from a run whose stdout is no terminal. One at a time.
///
/// @param rows what stdout would have
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
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stderr = System.err;
    InputStream in = System.in;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setIn(new ByteArrayInputStream(stdin));
    try {
      int code = Ig.commandLine(Map.of()).execute(line.toArray(String[]::new));
      return new IgInProcess(code, "", said.toString(StandardCharsets.UTF_8));
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

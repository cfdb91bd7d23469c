package dev.jig.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.advise.FindingId;
import dev.jig.fixture.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `ig advise dns` without a kernel: its flags, and capture files.
final class AdviseDnsCommandTest {
  @TempDir Path folder;

  private record Run(int exitCode, String out, String err) {}

  private static Run advise(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of("advise", "dns"));
    all.addAll(List.of(arguments));
    try {
      System.setOut(new PrintStream(printed, true, UTF_8));
      System.setErr(new PrintStream(stderr, true, UTF_8));
      int code = Ig.commandLine(Map.of()).execute(all.toArray(String[]::new));
      return new Run(code, printed.toString(UTF_8), stderr.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          -o jsn            | "jsn" is not an output format of ig advise dns. Did you mean json?
          --evidence 101    | "101" is not a value of --evidence. Write a number from 0 to 100.
          --evidence x      | "x" is not a value of --evidence. Write a number from 0 to 100.
          --only lost-twn   | "lost-twn" is not a kind of finding. Did you mean lost-twin?
          --skip blockd     | "blockd" is not a kind of finding. Did you mean blocked?
          --fail-on warn    | "warn" is not a value of --fail-on. Choose from none, info, warning, error.
          -F rcode:SERVFAIL | -F of ig advise dns cannot use the column rcode. Choose clients and questions; how lookups ended is what it is to judge.
          -F hop.server:a   | -F of ig advise dns cannot use the column hop.server. Choose clients and questions; how lookups ended is what it is to judge.
          -F failed         | -F of ig advise dns cannot use failed. Choose clients and questions; how lookups ended is what it is to judge.
          """)
  void refusesAnInvalidValue(String line, String message) {
    Run run = advise(line.split(" "));

    assertThat(run.err).isEqualTo("ig: " + message + "\n");
    assertThat(run.exitCode).isEqualTo(2);
  }

  @Test
  void listsEachKindOfFindingOnce() {
    Run run = advise("--list");

    assertThat(run.exitCode).isZero();
    assertThat(run.out.lines().map(line -> line.replaceAll(" .*", "")).toList())
        .isEqualTo(Arrays.stream(FindingId.values()).map(FindingId::text).toList());
  }

  @Test
  void readsACaptureFile() throws IOException {
    Path capture = Path.of("src/test/resources/cases/sll-container-side-unanswered.pcap");
    Path report = folder.resolve("report.json");

    Run run =
        advise("--read", capture.toString(), "-o", "json", "--output-file", report.toString());

    Json document = Json.of(Files.readString(report));
    assertThat(run.exitCode).isZero();
    assertThat(document.number("window.lookups")).isPositive();
    assertThat(document.number("window.end")).isGreaterThan(document.number("window.start"));
    assertThat(run.err).contains("packets read");
  }
}

package dev.jig.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `ig metrics dns` without a kernel: its flags.
final class MetricsDnsCommandTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          --listen 9435         | "9435" is not a value of --listen. Write an address and a port: 127.0.0.1:9435 or [::1]:9435.
          --listen :9435        | ":9435" is not a value of --listen. Write an address and a port: 127.0.0.1:9435 or [::1]:9435.
          --listen ::1:9435     | "::1:9435" is not a value of --listen. Write an address and a port: 127.0.0.1:9435 or [::1]:9435.
          --listen 127.0.0.1:x  | "127.0.0.1:x" is not a value of --listen. Write an address and a port: 127.0.0.1:9435 or [::1]:9435.
          --listen [::1]:70000  | "[::1]:70000" is not a value of --listen. Write an address and a port: 127.0.0.1:9435 or [::1]:9435.
          --max-series 0        | "0" is not a value of --max-series. Write a number from 200 to 1000000.
          --max-series many     | "many" is not a value of --max-series. Write a number from 200 to 1000000.
          --per workloads       | "workloads" is not a value of --per. Did you mean workload?
          -F rcode:SERVFAIL     | -F of ig metrics dns cannot use the column rcode. Choose clients and questions; how lookups ended is what it counts.
          -F failed             | -F of ig metrics dns cannot use failed. Choose clients and questions; how lookups ended is what it counts.
          --read x.pcap         | ig metrics dns has no --read: it serves what happens now. Use ig advise dns --read.
          --demo                | ig metrics dns has no --demo: it serves what happens now. Use ig top dns --demo.
          --paths               | ig metrics dns has no --paths: it serves what happens now. Use ig trace dns --paths.
          --output-file x       | ig metrics dns has no --output-file: it serves what happens now. Use curl -o FILE.
          -- true               | ig metrics dns has no -- CMD: it serves what happens now. Use ig top dns -- CMD.
          """)
  void aWrongValueIsOneSentence(String flags, String sentence) {
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(printed, true, UTF_8));
      int code = Ig.commandLine(Map.of()).execute(("metrics dns " + flags).split(" ", -1));

      assertThat(code).isEqualTo(2);
      assertThat(printed.toString(UTF_8)).isEqualTo("ig: " + sentence + "\n");
    } finally {
      System.setErr(err);
    }
  }
}

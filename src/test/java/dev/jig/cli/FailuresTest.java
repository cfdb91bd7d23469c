package dev.jig.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.UserFacingException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// Output of refusals that need another kernel; DiagnosisTest tests their cause.
final class FailuresTest {
  @Test
  void printsASentenceAndAHintAndExitsWithOne() throws Exception {
    assertThat(print(List.of()))
        .isEqualTo("ig: cannot load trace_dns: EINVAL, the kernel is 5.4.0: get a newer one.\n");
  }

  @Test
  void printsTheLogOfTheVerifierFirst() throws Exception {
    assertThat(print(List.of("(3 lines omitted)", "0: (79) r0 = *(u64 *)(r5 +0)\u001b")))
        .isEqualTo(
            """
            ig:   (3 lines omitted)
            ig:   0: (79) r0 = *(u64 *)(r5 +0)\\x1b
            ig: cannot load trace_dns: EINVAL, the kernel is 5.4.0: get a newer one.
            """);
  }

  private static String print(List<String> log) throws Exception {
    CommandLine command = Ig.commandLine(Map.of());
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(printed, true, UTF_8));
      int code =
          Failures.onExecution(
              UserFacingException.machine(
                  "cannot load trace_dns: EINVAL, the kernel is 5.4.0",
                  "get a newer one",
                  log,
                  new IllegalStateException()),
              command,
              command.parseArgs());
      assertThat(code).isEqualTo(1);
    } finally {
      System.setErr(err);
    }
    return printed.toString(UTF_8);
  }
}

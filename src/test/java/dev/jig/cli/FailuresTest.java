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

/// Output and exit codes of failures; DiagnosisTest tests the cause of refusals that need another
/// kernel.
final class FailuresTest {
  @Test
  void printsASentenceAndAHintAndExitsWithOne() throws Exception {
    assertThat(print(refused(List.of()), 1))
        .isEqualTo("ig: cannot load trace_dns: EINVAL, the kernel is 5.4.0: get a newer one.\n");
  }

  @Test
  void printsTheLogOfTheVerifierFirst() throws Exception {
    List<String> log = List.of("(3 lines omitted)", "0: (79) r0 = *(u64 *)(r5 +0)\u001b");

    assertThat(print(refused(log), 1))
        .isEqualTo(
            """
            ig:   (3 lines omitted)
            ig:   0: (79) r0 = *(u64 *)(r5 +0)\\x1b
            ig: cannot load trace_dns: EINVAL, the kernel is 5.4.0: get a newer one.
            """);
  }

  @Test
  void printsAWrongCommandLineAsTwoSentencesAndExitsWithTwo() throws Exception {
    UserFacingException usage =
        UserFacingException.usage("\"x\" is not a port.", "Write 1 to 16 ports.");

    assertThat(print(usage, 2)).isEqualTo("ig: \"x\" is not a port. Write 1 to 16 ports.\n");
  }

  @Test
  void printsAFailureOfTheClusterLikeKubectl() throws Exception {
    UserFacingException forbidden =
        UserFacingException.cluster("Error from server (Forbidden): pods is forbidden");

    assertThat(print(forbidden, 1))
        .isEqualTo("Error from server (Forbidden): pods is forbidden.\n");
  }

  private static UserFacingException refused(List<String> log) {
    return UserFacingException.machine(
        "cannot load trace_dns: EINVAL, the kernel is 5.4.0",
        "get a newer one",
        log,
        new IllegalStateException());
  }

  private static String print(UserFacingException failure, int exitCode) throws Exception {
    CommandLine command = Ig.commandLine(Map.of());
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(printed, true, UTF_8));
      assertThat(Failures.onExecution(failure, command, command.parseArgs())).isEqualTo(exitCode);
    } finally {
      System.setErr(err);
    }
    return printed.toString(UTF_8);
  }
}

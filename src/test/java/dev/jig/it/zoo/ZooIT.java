package dev.jig.it.zoo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Docker;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `ig advise dns` finds every fault of the zoo, with the right subject and counts, and nothing
/// else.
@Timeout(180)
final class ZooIT {
  private static final Matrix MATRIX = new Matrix();

  @TempDir Path folder;

  @BeforeAll
  static void require() {
    Prerequisite.requireRoot();
  }

  @AfterAll
  static void writeMatrix(TestReporter reporter) {
    MATRIX.write();
    reporter.publishEntry("confusion matrix", "\n" + MATRIX.table());
  }

  static Stream<Setup> usual() {
    return Setup.all().stream().filter(Setup::usual);
  }

  static Stream<Setup> further() {
    return Setup.all().stream().filter(setup -> !setup.usual());
  }

  @ParameterizedTest
  @MethodSource("usual")
  void findsTheFaultAndNothingElse(Setup setup) throws Exception {
    run(setup);
  }

  @Tag("all")
  @ParameterizedTest
  @MethodSource("further")
  void findsTheFurtherFaultAndNothingElse(Setup setup) throws Exception {
    run(setup);
  }

  private void run(Setup setup) throws Exception {
    Path document = folder.resolve("findings");
    try (Lab lab = new Lab()) {
      String script = setup.scene().build(lab);
      List<String> advise =
          List.of("advise", "dns", "-o", "json", "--output-file", document.toString());

      Command.Result end =
          lab.selection().isEmpty()
              ? runCommand(advise, script)
              : runBeside(advise, lab.selection(), script);

      assertThat(document).as(end.err()).isNotEmptyFile();
      Findings findings = Findings.of(Files.readString(document, UTF_8));
      MATRIX.add(setup.kind(), findings.ids());
      assertThat(findings.packetsLost()).isZero();
      assertThat(findings.lookups()).isPositive();
      assertThat(findings.lines(setup.findings()))
          .as("%s: %s", setup, findings.document())
          .containsExactlyInAnyOrderElementsOf(setup.findings());
      assertThat(findings.findings())
          .allSatisfy(finding -> assertThat(finding.list("evidence")).isNotEmpty());
      assertThat(findings.foreignEvidence()).isEmpty();
    }
  }

  /// Watches the script and its descendants.
  private static Command.Result runCommand(List<String> advise, String script) {
    return Command.run(IgProcess.commandLine(join(advise, List.of("--", "sh", "-c", script))));
  }

  /// Watches what is selected while the script runs.
  private static Command.Result runBeside(
      List<String> advise, List<String> selection, String script) {
    List<String> flags = join(selection, List.of("--docker-socketpath=" + Docker.socket()));
    try (IgProcess ig =
        IgProcess.traceWith(words ->
            IgProcess.commandLine(join(join(advise, words.subList(2, words.size())), flags)))) {
      Command.run("sh", "-c", script);
      return ig.stop();
    }
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}

package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Start, end and exit codes of `ig advise dns`; package `zoo` has what it finds.
final class AdviseIT {
  @TempDir Path folder;

  @BeforeAll
  static void needsRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void theDemoHasThreeFindings() {
    Command.Result end = IgProcess.run("advise", "dns", "--demo", "-o", "json", "--evidence", "2");

    Json report = Json.of(end.out());
    List<Json> findings = report.objects("findings");
    assertThat(findings)
        .extracting(finding -> finding.text("id"))
        .containsExactly("lost-twin", "server-failure", "search-path");
    assertThat(findings.get(0).number("lookups")).isEqualTo(4);
    assertThat(findings.get(1).text("summary")).contains("EDE 22");
    assertThat(findings.get(2).number("lookups")).isEqualTo(240);
    assertThat(findings).allMatch(finding -> finding.list("evidence").size() == 2);
    assertThat(report.number("window.packetsLost")).isZero();
    assertThat(end.exitCode()).isZero();
    assertThat(end.err()).endsWith(" 0 filtered, 0 lost\n");
  }

  @Test
  void failOnEndsWithExitCodeThree() {
    assertThat(IgProcess.run("advise", "dns", "--demo", "--fail-on", "error").exitCode())
        .isEqualTo(3);
    assertThat(
            IgProcess.run("advise", "dns", "--demo", "--only=search-path", "--fail-on", "error")
                .exitCode())
        .isZero();
  }

  @Test
  void aCommandKeepsItsExitCode() {
    Command.Result end =
        IgProcess.run("advise", "dns", "--fail-on", "info", "--", "sh", "-c", "exit 7");

    assertThat(end.exitCode()).isEqualTo(7);
  }

  @Test
  void withoutLookupsTheReportSaysSo() throws Exception {
    Path report = folder.resolve("report");
    try (Traffic traffic = new Traffic();
        IgProcess ig =
            IgProcess.advise("--host", "-P", traffic.port(), "--output-file", report.toString())) {
      ig.stop();
    }

    assertThat(Files.readString(report)).startsWith("no lookups seen in ");
  }

  @Test
  void ctrlCPrintsTheReport() throws Exception {
    Path report = folder.resolve("report");
    try (Traffic traffic = new Traffic();
        IgProcess ig =
            IgProcess.advise("--host", "-P", traffic.port(), "--output-file", report.toString())) {
      traffic.ask("healthy.ask.example.test.", 3);
      ig.signal("INT");

      assertThat(ig.waitFor().exitCode()).isZero();
    }

    assertThat(Files.readString(report))
        .matches("0 findings in [\\d,]+ s · 3 lookups by 1 process at 1 server · 0 packets lost\n");
  }
}

package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.docker.FakeDocker;
import dev.jig.fixture.Command;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Start, run and end of `ig trace dns`.
final class SessionIT {
  private static final String LAST_LINE = "[\\d,]+ packets? seen: [\\d,]+ rows?, .*\\b0 lost.*";

  @TempDir Path folder;

  @BeforeAll
  static void needsRoot() {
    Prerequisite.requireRoot();
  }

  private IgProcess host(Traffic traffic, String... more) {
    return IgProcess.trace(all(traffic, more));
  }

  /// All rows on the traffic's port, without the machine's Docker.
  private String[] all(Traffic traffic, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--host", "-o", "json", "-P", traffic.port()));
    arguments.add("--docker-socketpath=" + folder.resolve("docker.sock"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  @Test
  void ctrlCAndTermEndWithTheLastLineAndExitCodeZero() throws Exception {
    for (String signal : List.of("INT", "TERM")) {
      try (Traffic traffic = new Traffic();
          IgProcess ig = host(traffic)) {
        traffic.ask("end.ask.example.test.", 3);
        ig.awaitEvents(12);

        ig.signal(signal);
        Command.Result end = ig.waitFor();

        assertThat(end.exitCode()).isZero();
        assertThat(end.err().lines()).last().asString().matches(LAST_LINE);
      }
    }
  }

  @Test
  void ctrlCEndsItWithABlockedOutput() throws Exception {
    try (Traffic traffic = new Traffic();
        RandomAccessFile _ = pipe("rows");
        IgProcess ig = IgProcess.traceUnder(into("rows"), all(traffic))) {
      traffic.ask("blocked.ask.example.test.", 200); // 800 rows of some 500 bytes

      long startNs = System.nanoTime();
      ig.interrupt();
      Command.Result end = ig.waitFor();

      // Without a limit it would never end; a busy machine takes its time for the rest.
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs)).isLessThan(10);
      assertThat(end.exitCode()).isZero();
      assertThat(end.err()).contains("the output is blocked");
    }
  }

  @Test
  void theTimeoutEndsItWithABlockedOutput() throws Exception {
    try (Traffic traffic = new Traffic();
        RandomAccessFile _ = pipe("rows");
        IgProcess ig = IgProcess.traceUnder(into("rows"), all(traffic, "-t", "3"))) {
      traffic.ask("blocked.ask.example.test.", 200);

      assertThat(ig.waitFor().exitCode()).isZero();
    }
  }

  @Test
  void aSecondSignalEndsAtOnceWithExitCodeOne() throws Exception {
    try (Traffic traffic = new Traffic();
        RandomAccessFile _ = pipe("rows");
        IgProcess ig = IgProcess.traceUnder(into("rows"), all(traffic))) {
      traffic.ask("blocked.ask.example.test.", 200);

      ig.signal("INT");
      Thread.sleep(200); // sooner, it would be the echo of the first
      ig.signal("TERM");

      assertThat(ig.waitFor().exitCode()).isEqualTo(1);
    }
  }

  @Test
  void aClosedPipeEndsItQuietly() {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("bash", "-c", "\"$@\" | head -n 1; echo ${PIPESTATUS[0]}", "bash"));
    line.addAll(IgProcess.commandLine(List.of("trace", "dns", "--host", "-P", "1")));

    Command.Result end = Command.run(line);

    assertThat(end.lines()).hasSize(2).last().isEqualTo("0");
    assertThat(end.err()).isEmpty();
  }

  @Test
  void endsAfterTheTimeout() {
    Command.Result end = IgProcess.run("trace", "dns", "--host", "-P", "1", "-t", "1");

    assertThat(end.exitCode()).isZero();
    assertThat(end.lines()).singleElement().asString().startsWith("RUNTIME.CONTAINERNAME ");
    assertThat(end.err()).isEqualTo("0 packets seen: 0 rows, 0 filtered, 0 lost\n");
  }

  @Test
  void printsTheDebugOutputOfLibbpfOnlyWithVerboseTwice() {
    Command.Result once = IgProcess.run("trace", "dns", "--host", "-P", "1", "-t", "1", "-v");
    Command.Result twice = IgProcess.run("trace", "dns", "--host", "-P", "1", "-t", "1", "-vv");

    assertThat(once.err())
        .contains("ig: debug: packets skipped in the kernel: 0")
        .doesNotContain("libbpf:");
    assertThat(twice.err())
        .contains("ig: debug: packets skipped in the kernel: 0")
        .contains("ig: debug: libbpf: loading object 'trace_dns'");
  }

  @Test
  void reportsAnOutputThatCannotBeWritten() {
    Command.Result absent = IgProcess.run("trace", "dns", "--output-file", "/nonexistent/rows");
    Command.Result full =
        IgProcess.run("trace", "dns", "--host", "-P", "1", "--output-file", "/dev/full");

    assertThat(absent.exitCode()).isEqualTo(1);
    assertThat(absent.err())
        .isEqualTo(
            "ig: cannot write to /nonexistent/rows: no such file or directory, check its path.\n");
    assertThat(full.exitCode()).isEqualTo(1);
    assertThat(full.err().lines())
        .last()
        .isEqualTo("ig: cannot write rows: No space left on device.");
  }

  @Test
  void hintsThatItWaitsForContainers() throws Exception {
    try (FakeDocker docker = new FakeDocker(folder.resolve("docker.sock"));
        IgProcess ig = IgProcess.trace("--docker-socketpath=" + folder.resolve("docker.sock"))) {
      docker.awaitRequest(FakeDocker.ALL);
      ig.awaitErr("ig: no container is known yet: waiting for one; --host shows");
      assertThat(ig.stop().exitCode()).isZero();
    }
  }

  @Test
  void warnsOfAMissingSocketThatWasNamed() throws Exception {
    try (Traffic traffic = new Traffic();
        IgProcess ig = host(traffic)) {
      ig.awaitErr("ig: Docker does not answer at " + folder.resolve("docker.sock"));
      traffic.ask("unnamed.ask.example.test.", 1);
      ig.awaitEvents(4);
      assertThat(ig.stop().exitCode()).isZero();
    }
  }

  @Test
  void reportsThatDockerIsGoneAndBack() throws Exception {
    Path socket = folder.resolve("docker.sock");
    FakeDocker first = new FakeDocker(socket);
    try (IgProcess ig = IgProcess.trace("--docker-socketpath=" + socket)) {
      ig.awaitErr("no container is known yet"); // so it has been listed

      first.close();
      ig.awaitErr("ig: Docker stopped answering at " + socket);
      try (FakeDocker second = new FakeDocker(socket)) {
        second.awaitRequest(FakeDocker.ALL);
        ig.awaitErr("ig: Docker answers at " + socket);
      }

      String messages = ig.stop().err();
      assertThat(messages.split("Docker stopped answering", -1)).hasSize(2);
      assertThat(messages.split("Docker answers", -1)).hasSize(2);
    }
  }

  /// Real containers without an answering Docker.
  @Test
  void withoutNamesANameFilterWarnsAndAnIdWorks() throws Exception {
    String image = DockerImages.clients();
    Path absent = folder.resolve("docker.sock");
    try (Docker.Container container = Docker.start(image, List.of(), "sleep", "600");
        dev.jig.fixture.DnsServer server =
            dev.jig.fixture.DnsServer.start(0, Docker.hostAddress())) {
      String port = Integer.toString(server.port());
      String[] question = {
        "dig", "+short", "-p", port, "@" + Docker.hostAddress(), "nameless.ask.example.test"
      };
      List<String> common =
          List.of("-o", "json", "-P", port, "--docker-socketpath=" + absent, "-c");
      try (IgProcess byName = IgProcess.trace(and(common, container.name()));
          IgProcess byId = IgProcess.trace(and(common, container.id().substring(0, 12)))) {
        container.exec(question).orThrow();

        List<Json> rows = byId.awaitEvents(2);
        byName.awaitErr("-c ID (12 or more hex digits) works without names");
        Command.Result named = byName.stop();

        assertThat(rows)
            .allSatisfy(row -> {
              assertThat(row.text("runtime.containerId")).isEqualTo(container.id());
              assertThat(row.has("runtime.containerName")).isFalse();
            });
        assertThat(named.out()).isEmpty();
        assertThat(named.err().lines()).last().asString().contains(" 2 name unknown");
      }
    }
  }

  private static String[] and(List<String> common, String last) {
    List<String> all = new ArrayList<>(common);
    all.add(last);
    return all.toArray(String[]::new);
  }

  /// A pipe that is open for reading and never read.
  private RandomAccessFile pipe(String name) throws Exception {
    Command.run("mkfifo", folder.resolve(name).toString()).orThrow();
    return new RandomAccessFile(folder.resolve(name).toFile(), "rw");
  }

  private List<String> into(String pipe) {
    return List.of("sh", "-c", "exec \"$@\" >" + folder.resolve(pipe), "sh");
  }
}

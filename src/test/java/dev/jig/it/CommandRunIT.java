package dev.jig.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ig trace dns -- CMD`: one command and its descendants.
final class CommandRunIT {
  private static final String PREFIX = "ig-command-";
  private static final long MAX_WAIT_NS = 10_000_000_000L;

  @TempDir Path folder;

  @BeforeAll
  static void needsRoot() {
    Prerequisite.requireRoot();
  }

  @AfterEach
  void noCgroupIsLeft() throws Exception {
    assertThat(leftovers()).isEmpty();
  }

  /// Runs it with rows as JSON in a separate file.
  private Command.Result run(Traffic traffic, String... command) {
    List<String> all = new ArrayList<>(List.of("trace", "dns", "-P", traffic.port(), "-o", "json"));
    all.addAll(List.of("--output-file", rows().toString(), "--"));
    all.addAll(List.of(command));
    return IgProcess.run(all.toArray(String[]::new));
  }

  private Path rows() {
    return folder.resolve("rows");
  }

  private List<Json> events() throws IOException {
    return IgProcess.events(Files.readAllLines(rows()));
  }

  private static String dig(Traffic traffic, String name) {
    return "dig +short -p " + traffic.port() + " @127.0.0.1 " + name + ".ask.example.test";
  }

  @Test
  void showsTheCommandAndItsDescendantsAndEndsWithItsExitCode() throws Exception {
    try (Traffic traffic = new Traffic()) {
      traffic.ask("others.ask.example.test.", 1);

      Command.Result end = run(traffic, "sh", "-c", "(" + dig(traffic, "grandchild") + "); exit 7");

      assertThat(end.exitCode()).isEqualTo(7);
      assertThat(end.out()).isEqualTo("192.0.2.1\n");
      assertThat(end.err()).isEmpty();
      assertThat(events())
          .extracting(row -> row.text("qr") + " " + row.text("name") + " " + row.text("comm"))
          .containsExactly(
              "Q grandchild.ask.example.test. isc-net-0000",
              "R grandchild.ask.example.test. isc-net-0000");
    }
  }

  @Test
  void seesDescendantsInCgroupsOfTheirOwn() throws Exception {
    String own = "d=" + root() + "$(sed -n s/^0:://p /proc/self/cgroup)/sub; mkdir $d";
    try (Traffic traffic = new Traffic()) {
      String moved = own + "; echo 0 >$d/cgroup.procs; " + dig(traffic, "moved");

      assertThat(run(traffic, "sh", "-c", moved).exitCode()).isZero();

      assertThat(events()).hasSize(2);
    }
  }

  @Test
  void staysBelowTheCgroupItWasStartedIn() throws Exception {
    Command.Result end = inACgroup("", "tail", "-n", "1", "/proc/self/cgroup");

    assertThat(end.out()).matches("0::/.*jig-test-\\d+/ig-command-\\d+\n");
    assertThat(end.exitCode()).isZero();
  }

  @Test
  void refusesWhereANamespaceHidesItsCgroup() throws Exception {
    Command.Result end = inACgroup("unshare -C ", "true");

    assertThat(end.err().lines())
        .last()
        .asString()
        .startsWith("ig: cannot run true in a cgroup of its own: this process is not in ")
        .contains("a cgroup namespace hides where it is");
    assertThat(end.exitCode()).isEqualTo(1);
  }

  /// Runs ig in a new cgroup, as a service manager does.
  private static Command.Result inACgroup(String prefix, String... command) throws IOException {
    String script =
        "d=%s/jig-test-$$; mkdir $d; (echo 0 >$d/cgroup.procs; exec %s\"$@\"); c=$?; rmdir $d; exit $c"
            .formatted(own(), prefix);
    List<String> line = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    line.addAll(IgProcess.commandLine(List.of("trace", "dns", "-P", "1", "--")));
    line.addAll(List.of(command));
    return Command.run(line);
  }

  @Test
  void leavesStandardStreamsToTheCommand() {
    List<String> line = new ArrayList<>(List.of("sh", "-c", "echo hello | \"$@\"", "sh"));
    line.addAll(IgProcess.commandLine(List.of("trace", "dns", "-P", "1", "--", "cat")));

    Command.Result end = Command.run(line);

    assertThat(end.out()).isEqualTo("hello\n");
    assertThat(end.err().lines()).singleElement().asString().startsWith("RUNTIME.CONTAINERNAME");
  }

  @Test
  void printsTheSummaryOnlyWithVerbose() {
    Command.Result end = IgProcess.run("trace", "dns", "-P", "1", "-v", "--", "true");

    assertThat(end.err()).contains("0 packets seen: 0 rows, 0 filtered, 0 lost\n");
  }

  @Test
  void exitsWith128PlusTheSignalOfTheCommand() {
    Command.Result end = IgProcess.run("trace", "dns", "-P", "1", "--", "sh", "-c", "kill -9 $$");

    assertThat(end.exitCode()).isEqualTo(128 + 9);
  }

  @Test
  void reportsAMissingCommandBeforeAttaching() {
    Command.Result end = IgProcess.run("trace", "dns", "--", "no-such-command");

    assertThat(end.exitCode()).isEqualTo(127);
    assertThat(end.err())
        .isEqualTo(
            "ig: \"no-such-command\" is not found: check the name of the command and PATH.\n");
  }

  @Test
  void hintsThatTheContainerIsNoDescendant() {
    Command.Result end = IgProcess.run("trace", "dns", "-P", "1", "--", "docker", "--version");

    assertThat(end.err()).startsWith("ig: docker asks a daemon to run the container");
  }

  @Test
  void runsTheCommandAsAnotherUser() {
    Command.Result end =
        IgProcess.run(
            "trace", "dns", "-P", "1", "--command-user", "65534:65534:65534,1", "--", "id");

    assertThat(end.exitCode()).isZero();
    assertThat(end.out()).startsWith("uid=65534").contains(" gid=65534").contains(",1(");
  }

  @Test
  void passesSigtermToTheCommandAndWaitsForIt() throws Exception {
    String decides = "trap 'exit 9' TERM; echo up; read -r line; exit 8";
    try (IgProcess ig = IgProcess.trace("-P", "1", "--", "sh", "-c", decides)) {
      ig.awaitLines(lines -> lines.contains("up"));

      ig.signal("TERM");

      assertThat(ig.waitFor().exitCode()).isEqualTo(9);
    }
  }

  @Test
  void ctrlCAtATerminalIsLeftToTheCommand() throws Exception {
    // Twice, as in an interactive program: the second one must not end ig.
    List<String> line = new ArrayList<>(List.of("exec")); // a shell in between would die of it
    line.addAll(IgProcess.commandLine(List.of("trace", "dns", "-P", "1", "--")));
    line.add(CProgram.build("takeint").toString());
    List<String> script = List.of("script", "-qec", String.join(" ", line), "/dev/null");
    try (IgProcess terminal = IgProcess.start(script)) {
      terminal.awaitLines(lines -> lines.stream().anyMatch("up\r"::equals));

      for (int i = 1; i <= 2; i++) {
        int times = i;
        terminal.stdin().write(3);
        terminal.stdin().flush();
        terminal.awaitLines(lines -> count(lines, "int\r") == times);
      }
      terminal.stdin().write("end\n".getBytes(UTF_8));
      terminal.stdin().flush();

      assertThat(terminal.waitFor().exitCode()).isEqualTo(9);
    }
  }

  private static long count(List<String> lines, String end) {
    return lines.stream().filter(line -> line.endsWith(end)).count();
  }

  @Test
  void removesTheCgroupOfAKilledRunAtTheNextStart() throws Exception {
    try (IgProcess ig = IgProcess.trace("-P", "1", "--", "sh", "-c", "echo $$; read -r line")) {
      String pid = ig.awaitLines(lines -> !lines.isEmpty()).getFirst();
      ig.signal("KILL");
      await(() -> ProcessHandle.of(ig.pid()).isEmpty());
      Path left = own().resolve(PREFIX + ig.pid());
      assertThat(leftovers()).contains(left);
      Command.run("kill", "-KILL", pid).orThrow();
      ig.waitFor();
      await(() -> Files.readString(left.resolve("cgroup.procs")).isEmpty());
    }

    IgProcess.run("trace", "dns", "-P", "1", "--", "true");

    assertThat(leftovers()).isEmpty();
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + MAX_WAIT_NS;
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("time to wait").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Where cgroup v2 is mounted.
  private static String root() throws IOException {
    for (String mount : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String[] fields = mount.split(" ", -1);
      if (fields[2].equals("cgroup2")) {
        return fields[1];
      }
    }
    throw new AssertionError("no cgroup2 in /proc/self/mounts");
  }

  /// Cgroups of ended runs of ig below the cgroup of this process.
  private static List<Path> leftovers() throws IOException {
    List<Path> left = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(own(), PREFIX + "*")) {
      for (Path cgroup : found) {
        String pid = cgroup.getFileName().toString().substring(PREFIX.length());
        if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          left.add(cgroup);
        }
      }
    }
    return left;
  }

  private static Path own() throws IOException {
    String path =
        Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .findFirst()
            .orElseThrow();
    return Path.of(root()).resolve(path.substring("0::/".length()));
  }
}

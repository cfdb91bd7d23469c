package dev.jig.it.live;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.docker.FakeDocker;
import dev.jig.fixture.CgroupV1;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Containers without their own v2 cgroup, as on hosts with cgroup v1: shells in a container's
/// cgroup of a v1 hierarchy, and in the test's v2 cgroup.
@Timeout(120)
final class ByProcessIT {
  private static final String WEB = "1234567890abcdef".repeat(4);
  private static final String DB = "fedcba0987654321".repeat(4);

  private static final String WARM = "warm.byprocess.example.test.";

  @TempDir Path folder;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  /// A shell that sends datagrams on request, each from a new socket.
  private static final class Shell implements AutoCloseable {
    private static final String SCRIPT =
        """
        while read -r sender bytes; do
          if [[ $sender == child ]]; then
            bash -c 'printf "$1" >"$2"' bash "$bytes" "$1"
          elif [[ $sender == zombie ]]; then
            bash -c 'printf "$1" >"$2"; kill -KILL $$' bash "$bytes" "$1" &
            exec cat >/dev/null # waits for no child
          else
            printf "$bytes" >"$1"
          fi
        done
        """;

    private final Process process;
    private final OutputStream stdin;

    /// @param prefix a command that becomes the shell
    Shell(List<String> prefix, int port) throws IOException {
      List<String> command = new ArrayList<>(prefix);
      command.addAll(List.of("bash", "-c", SCRIPT, "bash", "/dev/udp/127.0.0.1/" + port));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      stdin = process.getOutputStream();
    }

    /// Moves the shell to a cgroup.
    Shell in(Path cgroup) throws IOException {
      Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(process.pid()));
      return this;
    }

    /// Sends a query from the shell itself, from a `child` or from a `zombie`, after which the
    /// shell sends nothing more.
    Shell query(String sender, String name) throws IOException {
      Record question = Record.newRecord(Name.fromString(name), Type.A, DClass.IN);
      Message query = Message.newQuery(question);
      query.getHeader().setID(0x1234);
      StringBuilder line = new StringBuilder(sender).append(' ');
      for (byte b : query.toWire()) {
        line.append("\\x%02x".formatted(b & 0xff));
      }
      stdin.write(line.append('\n').toString().getBytes(US_ASCII));
      stdin.flush();
      return this;
    }

    /// Closes the shell's stdin and waits up to 30 s for its end.
    @Override
    public void close() throws IOException {
      stdin.close();
      try {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the shell ends").isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private IgProcess trace(DatagramSocket server, String... more) {
    List<String> arguments = new ArrayList<>(List.of("-o", "json", "-F", "qr:Q"));
    arguments.add("-P");
    arguments.add(Integer.toString(server.getLocalPort()));
    arguments.add("--docker-socketpath=" + folder.resolve("docker.sock"));
    arguments.addAll(List.of(more));
    return IgProcess.trace(arguments.toArray(String[]::new));
  }

  private FakeDocker docker() throws IOException {
    FakeDocker docker = new FakeDocker(folder.resolve("docker.sock"));
    String web = FakeDocker.listed(WEB, "old-web", "running");
    docker.answer(
        FakeDocker.ALL, "[" + web + "," + FakeDocker.listed(DB, "old-db", "running") + "]");
    return docker;
  }

  private static DatagramSocket server() throws IOException {
    return new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
  }

  private static Shell shell(DatagramSocket server) throws IOException {
    return new Shell(List.of(), server.getLocalPort());
  }

  /// Sends SIGSTOP and waits until all threads are stopped.
  private static void stop(IgProcess ig) throws Exception {
    ig.signal("STOP");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (isAnyRunning(Path.of("/proc/" + ig.pid() + "/task"))) {
      assertThat(System.nanoTime()).as("ig stops within 30 s").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /// Waits until a child of the shell is a zombie.
  private static void awaitZombie(Shell parent) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!hasZombie(parent)) {
      assertThat(System.nanoTime()).as("a zombie within 30 s").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static boolean hasZombie(Shell parent) throws IOException {
    for (ProcessHandle child : parent.process.children().toList()) {
      if (Files.readString(Path.of("/proc/" + child.pid() + "/status")).contains("State:\tZ")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAnyRunning(Path tasks) throws IOException {
    try (Stream<Path> all = Files.list(tasks)) {
      for (Path task : all.toList()) {
        if (Files.exists(task) && !Files.readString(task.resolve("status")).contains("State:\tT")) {
          return true;
        }
      }
    }
    return false;
  }

  /// Repeats a query until a row has its container's name: ig has then listed the containers.
  private static void awaitNames(IgProcess ig, Shell shell) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (ig.lines().stream().noneMatch(line -> line.contains("containerName"))) {
      assertThat(System.nanoTime()).as("container names within 30 s").isLessThan(deadline);
      shell.query("self", WARM);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /// Waits for `count` rows besides those of [#awaitNames].
  private static List<Json> await(IgProcess ig, int count) {
    return withoutWarmUp(ig.awaitEvents(rows -> withoutWarmUp(rows).size() >= count));
  }

  private static List<Json> withoutWarmUp(List<Json> rows) {
    return rows.stream().filter(row -> !row.text("name").equals(WARM)).toList();
  }

  private static List<String> reported(List<Json> rows) {
    return rows.stream()
        .map(row -> row.text("name") + " " + row.at("runtime.containerName"))
        .toList();
  }

  @Test
  void processesAreAttributedToTheirContainerAndHostProcessesToNone() throws Exception {
    try (FakeDocker _ = docker();
        DatagramSocket server = server();
        CgroupV1 v1 = CgroupV1.mount();
        Shell web = shell(server).in(v1.cgroup("docker/" + WEB));
        Shell db = shell(server).in(v1.cgroup("system.slice/docker-" + DB + ".scope"));
        Shell host = shell(server);
        IgProcess ig = trace(server)) {
      awaitNames(ig, web);

      host.query("self", "host.byprocess.example.test.");
      web.query("self", "web.byprocess.example.test.");
      await(ig, 1);
      db.query("self", "db.byprocess.example.test.");
      await(ig, 2);
      web.query("child", "child.byprocess.example.test.");
      List<Json> rows = await(ig, 3);

      assertThat(reported(rows))
          .containsExactly(
              "web.byprocess.example.test. old-web",
              "db.byprocess.example.test. old-db",
              "child.byprocess.example.test. old-web");
      assertThat(rows.getFirst().text("runtime.containerId")).isEqualTo(WEB);
      assertThat(Summary.of(ig.stop().err()).isBalanced()).isTrue();
    }
  }

  @Test
  void containersAreSelectedByName() throws Exception {
    try (FakeDocker _ = docker();
        DatagramSocket server = server();
        CgroupV1 v1 = CgroupV1.mount();
        Shell web = shell(server).in(v1.cgroup("docker/" + WEB));
        Shell db = shell(server).in(v1.cgroup("docker/" + DB));
        IgProcess ig = trace(server, "-c", "old-db")) {
      awaitNames(ig, db);

      web.query("self", "web.byprocess.example.test.");
      db.query("self", "db.byprocess.example.test.");

      assertThat(reported(await(ig, 1))).containsExactly("db.byprocess.example.test. old-db");
      Summary end = Summary.of(ig.stop().err());
      assertThat(end.count("filtered")).isPositive();
      assertThat(end.isBalanced()).isTrue();
    }
  }

  @Test
  void aZombieIsAttributedToTheContainerOfItsParent() throws Exception {
    try (FakeDocker _ = docker();
        DatagramSocket server = server();
        CgroupV1 v1 = CgroupV1.mount();
        Shell web = shell(server).in(v1.cgroup("docker/" + WEB));
        IgProcess ig = trace(server)) {
      awaitNames(ig, web);

      // When a child sends a query and is a zombie before the tracer reads its cgroups
      stop(ig);
      web.query("zombie", "zombie.byprocess.example.test.");
      server.setSoTimeout(30_000);
      DatagramPacket query = new DatagramPacket(new byte[512], 512);
      do {
        server.receive(query);
      } while (!new String(query.getData(), ISO_8859_1).contains("zombie"));
      awaitZombie(web);
      ig.signal("CONT");

      assertThat(reported(await(ig, 1))).containsExactly("zombie.byprocess.example.test. old-web");
      assertThat(Summary.of(ig.stop().err()).isBalanced()).isTrue();
    }
  }

  @Test
  void aProcessThatEndsBeforeItIsResolvedIsCountedAsUnknown() throws Exception {
    try (FakeDocker _ = docker();
        DatagramSocket server = server();
        CgroupV1 v1 = CgroupV1.mount();
        Shell web = shell(server).in(v1.cgroup("docker/" + WEB));
        IgProcess all = trace(server);
        IgProcess one = trace(server, "-c", "old-web")) {
      awaitNames(all, web);
      awaitNames(one, web);
      web.query("self", "before.byprocess.example.test.");
      await(all, 1);
      await(one, 1);

      // When a container's process sends a query and ends while the tracer is stopped
      stop(all);
      stop(one);
      var unshared = List.of("unshare", "--mount");
      try (Shell gone = new Shell(unshared, server.getLocalPort())) {
        gone.in(v1.cgroup("docker/" + DB)).query("self", "gone.byprocess.example.test.");
      }
      all.signal("CONT");
      one.signal("CONT");
      List<Json> rows = await(all, 2);

      // Then its row has no container, and -c does not select it
      assertThat(reported(rows))
          .containsExactly(
              "before.byprocess.example.test. old-web", "gone.byprocess.example.test. null");
      web.query("self", "after.byprocess.example.test.");
      assertThat(reported(await(one, 2)))
          .containsExactly(
              "before.byprocess.example.test. old-web", "after.byprocess.example.test. old-web");
      assertThat(Summary.of(one.stop().err()).count("container unknown")).isPositive();
      assertThat(Summary.of(all.stop().err()).isBalanced()).isTrue();
    }
  }
}

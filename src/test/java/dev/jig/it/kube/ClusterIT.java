package dev.jig.it.kube;

import static dev.jig.it.kube.TestCluster.trace;
import static dev.jig.it.kube.TestPod.lookupScript;
import static dev.jig.it.kube.TestPod.runOnce;
import static dev.jig.it.kube.TestPod.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import io.fabric8.kubernetes.api.model.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The output of `kubectl gadget trace dns`.
@OnCluster
final class ClusterIT {
  private static final String WALK = "demo";
  private static final String OWN = "jig-test-rows";

  /// At 169 columns.
  private static final String HEADER =
      "K8S.NODE             K8S.NAMESPACE        K8S.POD              PID         TID         "
          + "COMM        QR NAMESERVER      TYPE      QTYPE      NAME                RCODE";

  @BeforeAll
  static void deploy() {
    TestCluster.requireDeployed();
    TestCluster.makeNamespace(OWN);
  }

  @AfterAll
  static void cleanUp() {
    List.of(WALK, OWN).forEach(TestCluster::removeNamespace);
  }

  @Test
  void theWalkThrough(@TempDir Path plugins) throws IOException {
    TestCluster.removeStaleNamespace(WALK);
    TestCluster.kubectl("create", "ns", WALK);
    TestCluster.markAsTests(WALK);

    try (IgProcess trace = kubectlGadgetTrace(plugins, 169, "-n", WALK)) {
      // The namespace is still empty.
      String header = trace.awaitLines(lines -> !lines.isEmpty()).getFirst();
      assertThat(header.stripTrailing()).isEqualTo(HEADER);

      String script = "for n in ok nx alias; do nslookup -type=a $n.example.test.; done; true";
      TestPod.run(WALK, "walk", script);

      List<String> printed = trace.awaitLines(lines -> lines.size() >= 7);
      assertThat(printed.stream().skip(1).map(ClusterIT::withoutIds))
          .containsExactly(
              walkRow("Q", "OUTGOING", "ok", ""),
              walkRow("R", "HOST", "ok", "NoError"),
              walkRow("Q", "OUTGOING", "nx", ""),
              walkRow("R", "HOST", "nx", "NXDomain"),
              walkRow("Q", "OUTGOING", "alias", ""),
              walkRow("R", "HOST", "alias", "NoError"));
      for (int at = 1; at < 7; at += 2) {
        List<String> query = fields(printed.get(at));
        assertThat(fields(printed.get(at + 1)).subList(3, 5)).isEqualTo(query.subList(3, 5));
        assertThat(query.get(3)).as("a pid").matches("[1-9][0-9]*").isEqualTo(query.get(4));
      }
      Command.Result end = trace.stop();
      assertThat(end.exitCode()).isZero();
      assertThat(end.err()).contains("6 rows from 1 node, 0 lost");
    }
  }

  @Test
  void aNarrowTerminalShowsWholeRows() throws IOException {
    List<String> terminal = List.of(CProgram.build("ptyrun").toString(), "80", "--");
    try (IgProcess trace = TestCluster.traceUnder(terminal, "-n", OWN, "-p", "narrow")) {
      TestPod.run(OWN, "narrow", lookupScript("a-rather-long-name.example.test."));

      List<String> printed = trace.awaitLines(lines -> lines.size() >= 3);

      assertThat(printed).hasSize(3).allSatisfy(line -> assertThat(line).hasSize(80));
      assertThat(printed.getFirst()).contains(" PID     TID ", " QR NAMESERVER      TYPE ");
      assertThat(printed.get(1)).contains(" Q  ").contains(" A ");
      assertThat(printed.get(2)).contains(" R  ").contains("NXDomain");
      assertThat(trace.stop().exitCode()).isZero();
    }
  }

  @Test
  void reportsThatNoPodMatchesAndWaits() {
    try (IgProcess trace = trace("-n", OWN, "-l", "app=late", "-o", "json")) {
      trace.awaitErr("no pod matches yet: waiting for one.");

      TestPod.run(OWN, "early", lookupScript("early.example.test."));
      TestPod.awaitEnd(OWN, "early");
      TestPod.run(OWN, "late", lookupScript("late.example.test."));

      List<Json> events = trace.awaitEvents(2);
      assertThat(events.stream().map(it -> it.text("name"))).containsOnly("late.example.test.");
      assertThat(trace.stop().out().lines()).hasSize(2);
    }
  }

  @Test
  void showsTheProcessThatSentTheQuery() throws IOException {
    try (IgProcess trace = trace("-n", OWN, "-p", "asker", "-o", "json")) {
      // bash itself sends the query, for ok.example.test., and stays.
      String message =
          "\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0"
              + "\\x02ok\\x07example\\x04test\\0\\0\\x01\\0\\x01";
      String script =
          "printf '" + message + "' >/dev/udp/" + TestCluster.dnsAddress() + "/53; sleep 600; true";
      Container bash = shell("main", TestCluster.TOOLS, script);
      bash.setCommand(List.of("bash", "-c", script));
      TestPod.create(OWN, "asker", runOnce(bash));

      Json query = trace.awaitEvents(1).getFirst();

      Path process = Path.of("/proc", Long.toString(query.number("pid")));
      assertThat(Files.readString(process.resolve("cmdline"))).startsWith("bash\0-c\0");
      assertThat(Files.readString(process.resolve("cgroup")))
          .contains(query.text("runtime.containerId"));
      Path thread = process.resolve("task").resolve(Long.toString(query.number("tid")));
      assertThat(Files.readString(thread.resolve("comm")).strip()).isEqualTo(query.text("comm"));
      assertThat(query.text("k8s.containerName")).isEqualTo("main");
      assertThat(query.text("nameserver")).isEqualTo(TestCluster.dnsAddress());
    }
  }

  /// kubectl gadget as kubectl's plugin, on a terminal.
  private static IgProcess kubectlGadgetTrace(Path plugins, int columns, String... words)
      throws IOException {
    String quoted = String.join("' '", TestCluster.commandLine(List.of()));
    Path plugin = plugins.resolve("kubectl-gadget");
    Files.writeString(plugin, "#!/bin/sh\nexec '" + quoted + "' \"$@\"\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    String terminal = CProgram.build("ptyrun").toString();
    return IgProcess.traceWith(
        TestCluster.TIMEOUT,
        begin -> {
          List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
          command.add("KUBECONFIG=" + TestCluster.kubeconfig());
          command.add("PATH=" + plugins + ":" + System.getenv("PATH"));
          command.addAll(List.of(terminal, Integer.toString(columns), "--", "kubectl", "gadget"));
          Stream.of(begin, List.of(words)).forEach(command::addAll);
          return command;
        });
  }

  private static List<String> fields(String row) {
    return List.of(row.strip().split(" +"));
  }

  private static String withoutIds(String row) {
    List<String> fields = new ArrayList<>(fields(row));
    fields.subList(3, 5).clear();
    return String.join(" ", fields);
  }

  private static String walkRow(String qr, String type, String label, String rcode) {
    String node = TestCluster.agent().getSpec().getNodeName();
    String name = label + ".example.test.";
    return String.join(
            " ",
            node,
            WALK,
            "walk",
            "nslookup",
            qr,
            TestCluster.dnsAddress(),
            type,
            "A",
            name,
            rcode)
        .strip();
  }
}

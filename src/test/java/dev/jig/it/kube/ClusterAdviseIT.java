package dev.jig.it.kube;

import static dev.jig.it.kube.TestPod.runOnce;
import static dev.jig.it.kube.TestPod.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `kubectl gadget advise dns`, and `kubectl gadget trace dns --names`.
@OnCluster
final class ClusterAdviseIT {
  private static final String OWN = "jig-test-advise";

  /// What glibc's getaddrinfo looks up has two dots, and ndots is 5: three suffixes are tried
  /// first.
  private static final String WALK =
      "for i in 1 2 3 4 5 6 7 8 9 10; do curl -s -m 1 http://ok.example.test:1/; done; true";

  @BeforeAll
  static void deploy() {
    TestCluster.requireDeployed();
    TestCluster.makeNamespace(OWN);
  }

  @AfterAll
  static void cleanUp() {
    TestCluster.removeNamespace(OWN);
  }

  @Test
  void eachPodsFaultIsFoundAndTheHealthyOnesHasNone() throws IOException {
    String go = "until [ -e /tmp/go ]; do sleep 0.1; done; ";
    String asks = "for i in 1 2 3 4 5 6 7 8; do dig +tries=1 +time=1 ok.example.test.; done; true";
    TestPod.create(OWN, "blocked", runOnce(shell("main", TestCluster.TOOLS, go + asks)));
    TestPod.awaitRunning(OWN, "blocked");
    dropQueries("blocked");

    Command.Result end;
    try (IgProcess advise = TestCluster.advise("-n", OWN, "-o", "json", "--fail-on", "error")) {
      TestCluster.kubectl("exec", "-n", OWN, "blocked", "--", "touch", "/tmp/go");
      TestPod.create(OWN, "walker", runOnce(shell("main", TestCluster.TOOLS, WALK)));
      TestPod.create(OWN, "healthy", runOnce(shell("main", TestCluster.TOOLS, asks)));
      List.of("blocked", "walker", "healthy").forEach(pod -> TestPod.awaitEnd(OWN, pod));
      end = advise.stop();
    }

    Json report = Json.of(end.out());
    List<Json> findings = report.objects("findings");
    assertThat(findings)
        .as(end.out())
        .extracting(finding -> finding.text("id") + " " + finding.text("subject.podName"))
        .containsExactly("blocked blocked", "search-path walker");
    Json blocked = findings.getFirst();
    assertThat(blocked.number("lookups")).isEqualTo(8);
    assertThat(blocked.text("subject.namespace")).isEqualTo(OWN);
    assertThat(blocked.text("subject.nameserver")).isEqualTo(TestCluster.dnsAddress());
    assertThat(blocked.text("cause")).startsWith("dropped by netfilter on the client's side");
    assertThat(blocked.objects("evidence")).hasSize(3);
    Json walker = findings.getLast();
    assertThat(walker.number("of")).isEqualTo(80);
    assertThat(walker.number("lookups")).isEqualTo(60);
    String node = TestCluster.agent().getSpec().getNodeName();
    assertThat(report.objects("window.nodes"))
        .extracting(each -> each.text("node"))
        .containsExactly(node);
    assertThat(report.number("window.lookups")).isEqualTo(8 + 80 + 8);
    assertThat(report.number("window.packetsLost")).isZero();
    assertThat(end.exitCode()).isEqualTo(3);
  }

  @Test
  void aNodeWithoutAgentIsNamed() {
    Command.Result end =
        TestCluster.gadget("advise", "dns", "-A", "-t", "1", "--node", "elsewhere");

    assertThat(end.out()).contains("no lookups seen", "Node elsewhere: it has no agent.\n");
    assertThat(end.exitCode()).isZero();
  }

  @Test
  void namesAreFoldedOnTheNode() {
    try (IgProcess trace = TestCluster.trace("-n", OWN, "-p", "names", "--names", "-o", "json")) {
      // The runtime is asked for the search list when the pod asks for its first name.
      String once = "curl -s -m 1 http://ok.example.test:1/";
      String script = once + "; sleep 2; " + once + "; true";
      TestPod.create(OWN, "names", runOnce(shell("main", TestCluster.TOOLS, script)));

      Json name = trace.awaitEvents(2).getLast();

      assertThat(name.text("name")).isEqualTo("ok.example.test.");
      assertThat(name.text("found")).isEqualTo("ok.example.test.");
      assertThat(name.text("outcome")).isEqualTo("ok");
      assertThat(name.number("queries")).isEqualTo(8);
      assertThat(name.number("wasted")).isEqualTo(6);
      assertThat(name.text("searchFrom")).isEqualTo("runtime");
      assertThat(name.text("k8s.podName")).isEqualTo("names");
      assertThat(name.objects("lookups")).hasSize(8);
      Command.Result end = trace.stop();
      assertThat(end.out().lines()).hasSize(2);
      assertThat(end.err()).contains("2 rows from 1 node, 0 lost");
    }
  }

  /// Makes netfilter drop the DNS queries of a pod, in its network namespace.
  private static void dropQueries(String pod) throws IOException {
    Command.run(
            "nsenter",
            "--target=" + processOf(pod),
            "--net",
            "iptables",
            "-A",
            "OUTPUT",
            "-p",
            "udp",
            "--dport",
            "53",
            "-j",
            "DROP")
        .orThrow();
  }

  private static long processOf(String pod) throws IOException {
    Pod running = TestCluster.client().pods().inNamespace(OWN).withName(pod).get();
    String id =
        running
            .getStatus()
            .getContainerStatuses()
            .getFirst()
            .getContainerID()
            .replaceAll(".*/", "");
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      Path cgroups = Path.of("/proc", Long.toString(process.pid()), "cgroup");
      if (Files.exists(cgroups) && Files.readString(cgroups).contains(id)) {
        return process.pid();
      }
    }
    throw new AssertionError("no process of " + pod);
  }
}

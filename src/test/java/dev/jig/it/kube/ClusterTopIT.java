package dev.jig.it.kube;

import static dev.jig.it.kube.TestPod.runOnce;
import static dev.jig.it.kube.TestPod.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `kubectl gadget top dns`: the nodes count what the pods ask.
@OnCluster
final class ClusterTopIT {
  private static final String OWN = "jig-test-top";
  private static final String OTHER = "jig-test-top-2";

  @BeforeAll
  static void deploy() {
    TestCluster.requireDeployed();
    TestCluster.makeNamespace(OWN);
    TestCluster.makeNamespace(OTHER);
  }

  @AfterAll
  static void cleanUp() {
    TestCluster.removeNamespace(OWN);
    TestCluster.removeNamespace(OTHER);
  }

  @Test
  void countsEqualWhatThePodsAsked() {
    try (IgProcess top =
        TestCluster.start("top", "-A", "--by", "namespace,pod", "-m", "1000", "-o", "json")) {
      ask(OWN, "three", 3, "ok.example.test.");
      ask(OWN, "missing", 5, "missing.example.test.");
      ask(OTHER, "three", 3, "ok.example.test.");
      top.awaitLines(
          lines -> lookups(lines).values().stream().mapToLong(Long::longValue).sum() >= 11);
      Command.Result end = top.stop();

      List<String> lines = end.lines();
      assertThat(lookups(lines))
          .containsEntry(OWN + "/three", 3L)
          .containsEntry(OWN + "/missing", 5L)
          .containsEntry(OTHER + "/three", 3L);
      Json missing =
          rows(lines.getLast()).stream()
              .filter(row -> "missing".equals(row.at("pod")))
              .findFirst()
              .orElseThrow();
      assertThat(missing.number("total")).isEqualTo(5);
      long nx =
          lines.stream()
              .flatMap(line -> rows(line).stream())
              .mapToLong(row -> row.number("nx"))
              .sum();
      assertThat(nx).isGreaterThanOrEqualTo(5);
      assertThat(end.err()).containsPattern("\\d+ lookups from 1 node, 0 lost");
      assertThat(end.exitCode()).isZero();
    }
  }

  @Test
  void nodesAreKeysAndSelectionsApply() {
    String node = TestCluster.agent().getSpec().getNodeName();
    try (IgProcess top =
        TestCluster.start("top", "-n", OWN, "--by", "node,name,nameserver", "-o", "json")) {
      ask(OTHER, "unseen", 2, "ok.example.test.");
      ask(OWN, "seen", 2, "ok.example.test.");
      top.awaitLines(lines -> sum(lines) >= 2);
      Command.Result end = top.stop();

      List<Json> rows = rows(end.lines().getLast());
      assertThat(rows).hasSize(1);
      assertThat(rows.getFirst().text("node")).isEqualTo(node);
      assertThat(rows.getFirst().text("name")).isEqualTo("ok.example.test.");
      assertThat(rows.getFirst().text("nameserver")).isEqualTo(TestCluster.dnsAddress());
      assertThat(rows.getFirst().number("total")).isEqualTo(2);
    }
  }

  private static void ask(String namespace, String pod, int times, String name) {
    String asks = "for i in $(seq " + times + "); do dig +tries=2 +time=5 " + name + "; done; true";
    TestPod.create(namespace, pod, runOnce(shell("main", TestCluster.TOOLS, asks)));
    TestPod.awaitEnd(namespace, pod);
  }

  /// Lookups of each pod of the test, of all intervals.
  private static Map<String, Long> lookups(List<String> lines) {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines) {
      for (Json row : rows(line)) {
        String key = row.at("namespace") + "/" + row.at("pod");
        if (key.startsWith(OWN)) {
          counts.merge(key, row.number("lookups"), Long::sum);
        }
      }
    }
    return counts;
  }

  private static long sum(List<String> lines) {
    return lines.stream()
        .flatMap(line -> rows(line).stream())
        .mapToLong(row -> row.number("lookups"))
        .sum();
  }

  private static List<Json> rows(String line) {
    return Json.of("{\"rows\":" + line + "}").objects("rows");
  }
}

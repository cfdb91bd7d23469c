package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Json;
import dev.jig.it.kube.LoadPods;
import dev.jig.it.kube.OnCluster;
import dev.jig.it.kube.TestCluster;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Ten clients at once, each over its own forwarded port.
@OnCluster
final class ClusterClientsIT implements TenClients.Scene {
  private static final int FIRST_PORT = 5310;
  private static final int SECOND_PORT = 5311;

  private static Cluster cluster;

  @BeforeAll
  static void startPods() throws IOException {
    TestCluster.requireDeployed();
    cluster =
        Cluster.open(new Cluster.Access(TestCluster.kubeconfig(), null, TestCluster.GADGET, ""));
    for (char letter = 'a'; letter <= 'c'; letter++) {
      TestCluster.makeNamespace(space(letter));
      LoadPods.bringProgram(space(letter));
    }
    for (String pod : TenClients.pods()) {
      String space = space(TenClients.namespaceOf(pod));
      if (pod.equals(TenClients.DNS)) {
        LoadPods.serve(space, pod, TenClients.RESOLVER, FIRST_PORT, SECOND_PORT);
      } else {
        LoadPods.ask(space, pod, TenClients.MAIN);
      }
    }
    for (String pod : TenClients.pods()) {
      LoadPods.awaitReady(space(TenClients.namespaceOf(pod)), pod);
    }
  }

  @AfterAll
  static void cleanUp() {
    for (char letter = 'a'; letter <= 'c'; letter++) {
      TestCluster.removeNamespace(space(letter));
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void eachClientGetsItsRowsAndASlowOneLosesOnlyItsOwn() throws Exception {
    new TenClients(this).run();

    TestCluster.await("all streams' ends", () -> streams().values().stream().allMatch(it -> it));
    assertThat(streams()).hasSize(10);
  }

  /// The streams of this test's ports in the agent's log, and whether their client has ended them.
  private static Map<String, Boolean> streams() {
    List<Json> log = TestCluster.agentLog().lines().map(Json::of).toList();
    Set<String> ended =
        log.stream()
            .filter(it -> it.text("event").equals("stream ended") && it.text("by").equals("client"))
            .map(it -> it.text("stream"))
            .collect(Collectors.toSet());
    return log.stream()
        .filter(it -> it.text("event").equals("stream started"))
        .filter(it -> it.text("ports").endsWith(Integer.toString(SECOND_PORT)))
        .map(it -> it.text("stream"))
        .collect(Collectors.toMap(it -> it, ended::contains));
  }

  private static String space(char letter) {
    return "jig-test-clients-" + letter;
  }

  @Override
  public AgentTransport transport() {
    return cluster;
  }

  @Override
  public int firstPort() {
    return FIRST_PORT;
  }

  @Override
  public int secondPort() {
    return SECOND_PORT;
  }

  @Override
  public String namespace(char letter) {
    return space(letter);
  }

  @Override
  public void query(String pod, int port, int queries) {
    String dns = LoadPods.address(space(TenClients.namespaceOf(TenClients.DNS)), TenClients.DNS);
    String said = LoadPods.query(space(TenClients.namespaceOf(pod)), pod, dns, port, queries, 1);
    assertThat(said).startsWith("sent=" + queries + " answered=" + queries + " ");
  }
}

package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Json;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Ten clients at once, each over a port of its own that the API server forwards.
@OnCluster
final class ClusterClientsIT implements TenClients.Scene {
  private static final int FIRST_PORT = 5310;
  private static final int SECOND_PORT = 5311;
  private static final int EXECUTABLE = 0755;
  private static final String LOAD = "load";

  private static Cluster cluster;

  @BeforeAll
  static void startPods() throws IOException {
    TestCluster.deployed();
    cluster =
        Cluster.open(new Cluster.Access(TestCluster.kubeconfig(), null, TestCluster.GADGET, ""));
    for (char letter = 'a'; letter <= 'c'; letter++) {
      TestCluster.makeNamespace(space(letter));
      bringProgram(space(letter), CProgram.buildWithMusl(LOAD));
    }
    for (String pod : TenClients.pods()) {
      TestPod.create(space(TenClients.namespaceOf(pod)), pod, spec(pod));
    }
    for (String pod : TenClients.pods()) {
      TestCluster.kubectl(
          "-n", space(TenClients.namespaceOf(pod)), "wait", "--for=condition=Ready", "pod", pod,
          "--timeout=60s");
    }
  }

  @AfterAll
  static void leaveNothing() {
    for (char letter = 'a'; letter <= 'c'; letter++) {
      TestCluster.removeNamespace(space(letter));
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void eachGetsItsRowsAndOneThatDoesNotReadLosesItsOwn() throws Exception {
    new TenClients(this).run();

    TestCluster.await("all streams' ends", () -> streams().values().stream().allMatch(it -> it));
    assertThat(streams()).hasSize(10);
  }

  /// The streams that began for our ports, as the agent's log has them: whether they have ended
  /// because the client asked for it.
  private static Map<String, Boolean> streams() {
    List<Json> log = TestCluster.agentLog().lines().map(Json::of).toList();
    Set<String> ended =
        log.stream()
            .filter(it -> it.text("event").equals("stream ended") && it.text("by").equals("client"))
            .map(it -> it.text("stream"))
            .collect(Collectors.toSet());
    return log.stream()
        .filter(it -> it.text("event").equals("stream began"))
        .filter(it -> it.text("ports").endsWith(Integer.toString(SECOND_PORT)))
        .map(it -> it.text("stream"))
        .collect(Collectors.toMap(it -> it, ended::contains));
  }

  private static String space(char letter) {
    return "jig-test-clients-" + letter;
  }

  /// A static program fits into a ConfigMap: no image has to be made.
  private static void bringProgram(String namespace, Path program) throws IOException {
    TestCluster.client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(LOAD)
                .withNamespace(namespace)
                .endMetadata()
                .withBinaryData(
                    Map.of(LOAD, Base64.getEncoder().encodeToString(Files.readAllBytes(program))))
                .build())
        .create();
  }

  private static PodSpec spec(String pod) {
    return new PodSpecBuilder(TestPod.once(pod.equals(TenClients.DNS) ? resolver() : main()))
        .addNewVolume()
        .withName(LOAD)
        .withNewConfigMap()
        .withName(LOAD)
        .withDefaultMode(EXECUTABLE)
        .endConfigMap()
        .endVolume()
        .build();
  }

  private static Container main() {
    return withProgram(TenClients.MAIN, "exec sleep 600").build();
  }

  private static Container resolver() {
    String script =
        "/load/load serve 0.0.0.0 "
            + FIRST_PORT
            + " /tmp/first & exec /load/load serve 0.0.0.0 "
            + SECOND_PORT
            + " /tmp/second";
    return withProgram(TenClients.RESOLVER, script)
        .withNewReadinessProbe()
        .withPeriodSeconds(1)
        .withNewExec()
        .withCommand("sh", "-c", "[ -e /tmp/first ] && [ -e /tmp/second ]")
        .endExec()
        .endReadinessProbe()
        .build();
  }

  private static ContainerBuilder withProgram(String name, String script) {
    return new ContainerBuilder(TestPod.shell(name, TestCluster.BUSYBOX, script))
        .addNewVolumeMount()
        .withName(LOAD)
        .withMountPath("/load")
        .endVolumeMount();
  }

  @Override
  public Road road() {
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
  public void ask(String pod, int port, int queries) {
    Pod dns =
        TestCluster.client()
            .pods()
            .inNamespace(space(TenClients.namespaceOf(TenClients.DNS)))
            .withName(TenClients.DNS)
            .get();
    String said =
        TestCluster.kubectl(
            "-n",
            space(TenClients.namespaceOf(pod)),
            "exec",
            pod,
            "--",
            "/load/load",
            "query",
            dns.getStatus().getPodIP(),
            Integer.toString(port),
            Integer.toString(queries),
            "1");
    assertThat(said).startsWith("sent=" + queries + " answered=" + queries + " ");
  }
}

package dev.jig.it.kube;

import static dev.jig.it.kube.TestCluster.trace;
import static dev.jig.it.kube.TestPod.runOnce;
import static dev.jig.it.kube.TestPod.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// `deploy --resolve-endpoints`: the names of addresses, and the agents' rights. Pods look up names
/// until they are deleted.
@OnCluster
@TestMethodOrder(OrderAnnotation.class)
final class ClusterEndpointsIT {
  private static final String OWN = "jig-test-endpoints";
  private static final String ZONE = ".endpoints.example.test.";
  private static final String ACCOUNT = "system:serviceaccount:gadget:jig-agent";

  @BeforeAll
  static void deploy() {
    TestCluster.makeNamespace(OWN);
    TestCluster.deploy(TestCluster.image(), "--resolve-endpoints").orThrow();
    TestCluster.await(
        "the lists of pods and services",
        () -> TestCluster.agentLog().split("\"endpoints listed\"", -1).length == 3);
  }

  @AfterAll
  static void cleanUp() {
    TestCluster.removeNamespace(OWN);
    TestCluster.undeploy();
  }

  @Test
  @Order(1)
  void aPodsFirstRowsNameItAndTheServiceItAsks() {
    try (IgProcess trace = trace("-n", OWN, "-F", "name:first" + ZONE, "-o", "json")) {
      TestPod.run(OWN, "first", TestPod.lookupScript("first" + ZONE));
      List<Json> rows = trace.awaitEvents(2);

      Json query = rows.getFirst();
      Service dns = serviceWith(query.text("nameserver"));
      String service = "s/kube-system/" + dns.getMetadata().getName();
      assertThat(endpoints(query)).containsExactly("p/" + OWN + "/first", service, service);
      assertThat(query.text("dstIP")).isEqualTo(dns.getSpec().getClusterIP());
      assertThat(endpoints(rows.getLast()))
          .containsExactly(service, "p/" + OWN + "/first", service);
    }
  }

  @Test
  @Order(2)
  void theServersRowsNameTheClientAndCanBeFilteredByIt() {
    String client = "p/" + OWN + "/client";
    String columns = "columns=k8s.namespace,qr,srcIP,nameserver,nameserverEndpoint";
    try (IgProcess trace =
            trace("-n", "kube-system", "-F", "srcEndpoint:" + client, "-F", "qr:Q", "-o", "json");
        IgProcess table = trace("-n", OWN, "-F", "nameserverEndpoint~^s/", "-o", columns)) {
      TestPod.run(OWN, "client", repeatedLookups("client" + ZONE));

      Json query = trace.awaitEvents(1).getFirst();
      String row = table.awaitLines(lines -> lines.size() > 1).get(1);

      String server = "p/kube-system/" + query.text("k8s.podName");
      assertThat(endpoints(query)).containsExactly(client, server, server);
      assertThat(query.text("pktType")).isEqualTo("HOST");
      assertThat(row.split(" +"))
          .hasSize(5)
          .contains(OWN, "s/kube-s…ube-dns")
          .endsWith("s/kube-system/kube-dns");
    } finally {
      delete("client");
    }
  }

  @Test
  @Order(3)
  void aPodOnTheNodesNetworkIsNamedInItsOwnRowsOnly() {
    String name = "on-node" + ZONE;
    try (IgProcess trace = trace("-A", "-F", "name:" + name, "-F", "qr:Q", "-o", "json")) {
      PodSpec spec =
          runOnce(
              shell(
                  "main",
                  TestCluster.BUSYBOX,
                  repeatedLookups(name + " " + TestCluster.dnsAddress())));
      spec.setHostNetwork(true);
      TestPod.create(OWN, "on-node", spec);
      TestPod.awaitRunning(OWN, "on-node"); // the API server knows the pod with its address
      int seen = trace.awaitEvents(1).size();

      List<Json> rows = trace.awaitEvents(seen + 4);

      List<Json> own =
          rows.stream().filter(it -> it.text("k8s.podName").equals("on-node")).toList();
      assertThat(own).isNotEmpty();
      for (Json query : own) {
        assertThat(query.at("srcEndpoint.name")).isEqualTo("on-node");
        assertThat(query.at("nameserverEndpoint.name"))
            .isEqualTo(serviceWith(TestCluster.dnsAddress()).getMetadata().getName());
      }
      assertThat(rows).hasSizeGreaterThan(own.size());
      rows.stream()
          .filter(it -> !own.contains(it))
          .forEach(it -> assertThat(it.has("srcEndpoint")).as("a node's address").isFalse());
    } finally {
      delete("on-node");
    }
  }

  @Test
  @Order(4)
  void aHeadlessServiceIsNamedByItsPod() {
    TestCluster.client()
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName("headless")
                .withNamespace(OWN)
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .withSelector(Map.of("app", "behind"))
                .endSpec()
                .build())
        .create();
    TestPod.run(OWN, "behind", "sleep 600");
    TestPod.awaitRunning(OWN, "behind");
    String name = "headless" + ZONE;
    String server = "headless." + OWN + ".svc.cluster.local";
    try (IgProcess trace = trace("-n", OWN, "-F", "name:" + name, "-F", "qr:Q", "-o", "json")) {
      TestPod.run(OWN, "asks-behind", repeatedLookups(name + " " + server));

      Json query = trace.awaitEvents(1).getFirst();

      assertThat(endpoints(query))
          .containsExactly(
              "p/" + OWN + "/asks-behind", "p/" + OWN + "/behind", "p/" + OWN + "/behind");
    } finally {
      delete("asks-behind");
      delete("behind");
    }
  }

  @Test
  @Order(5)
  void theAgentsAccountMayListAndWatchPodsAndServices() {
    assertThat(rights()).containsExactlyInAnyOrder("pods [list watch]", "services [list watch]");
    assertThat(TestCluster.agent().getSpec().getAutomountServiceAccountToken()).isTrue();
  }

  @Test
  @Order(6)
  void deployingWithoutTheOptionRemovesTheRights() {
    String out = TestCluster.deploy(TestCluster.image()).orThrow();

    assertThat(out).contains("Removing ClusterRole/jig-agent...");
    assertThat(rights()).isEmpty();
    assertThat(TestCluster.agent().getSpec().getAutomountServiceAccountToken()).isFalse();
    for (String kind : List.of("clusterrole", "clusterrolebinding")) {
      assertThat(TestCluster.kubectl("get", kind, "-o", "name")).doesNotContain("jig");
    }
    assertThat(TestCluster.kubectl("get", "networkpolicy", "-n", TestCluster.GADGET, "-o", "name"))
        .isEqualTo("networkpolicy.networking.k8s.io/jig-agent\n");
    try (IgProcess trace = trace("-n", OWN, "-o", "json")) {
      TestPod.run(OWN, "plain", TestPod.lookupScript("plain" + ZONE));

      assertThat(endpoints(trace.awaitEvents(2).getFirst())).containsOnly("");
    }
  }

  @Test
  @Order(7)
  void undeployRemovesTheRights() {
    TestCluster.deploy(TestCluster.image(), "--resolve-endpoints", "--no-wait").orThrow();

    TestCluster.undeploy().orThrow();

    String left =
        TestCluster.kubectl(
            "get", "clusterrole,clusterrolebinding,networkpolicy", "-A", "-o", "name");
    assertThat(left).doesNotContain("jig");
  }

  /// Names of source, destination and nameserver as in columns; empty: none.
  private static List<String> endpoints(Json event) {
    return List.of("srcEndpoint", "dstEndpoint", "nameserverEndpoint").stream()
        .map(key ->
            event.has(key)
                ? event.text(key + ".kind").charAt(0)
                    + "/"
                    + event.text(key + ".namespace")
                    + "/"
                    + event.text(key + ".name")
                : "")
        .toList();
  }

  private static String repeatedLookups(String question) {
    return "while :; do nslookup -type=a " + question + "; sleep 0.5; done";
  }

  private static Service serviceWith(String address) {
    return TestCluster.client().services().inAnyNamespace().list().getItems().stream()
        .filter(it -> address.equals(it.getSpec().getClusterIP()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no service at " + address));
  }

  private static void delete(String pod) {
    TestCluster.kubectl("delete", "pod", pod, "-n", OWN, "--grace-period=0", "--force");
  }

  /// The rights of the agents' account, without reviews of its own rights.
  private static List<String> rights() {
    return TestCluster.kubectl("auth", "can-i", "--list", "--as", ACCOUNT, "--no-headers")
        .lines()
        .filter(right -> !right.startsWith(" ") && !right.startsWith("self"))
        .map(right -> right.replaceAll(" +\\[\\] +\\[\\] +", " ").strip())
        .toList();
  }
}

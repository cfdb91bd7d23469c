package dev.jig.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.AgentImage;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// Deploys to an empty cluster, again with the same and with another image, and undeploys.
@OnCluster
@TestMethodOrder(OrderAnnotation.class)
final class ClusterDeployIT {
  private static final String OWN = "jig-test-deploy";
  private static final String VERSION = "v" + AgentImage.version();
  private static List<String> before = List.of();

  @BeforeAll
  static void startWithNothingDeployed() {
    TestCluster.undeploy().orThrow();
    TestCluster.makeNamespace(OWN);
    before = everything();
  }

  @AfterAll
  static void cleanUp() {
    TestCluster.removeNamespace(OWN);
  }

  @Test
  @Order(1)
  void reportsThatNothingIsDeployed() {
    Command.Result trace = TestCluster.gadget("trace", "dns");

    assertThat(trace.exitCode()).isEqualTo(1);
    assertThat(trace.err())
        .isEqualTo("no gadget pods found in namespace \"gadget\": run kubectl gadget deploy.\n");
    assertThat(TestCluster.gadget("version").out())
        .isEqualTo("Client version: " + VERSION + "\nServer version: not installed\n");
    assertThat(TestCluster.undeploy().orThrow())
        .isEqualTo("Jig is not deployed in namespace \"gadget\".\n");
  }

  @Test
  @Order(2)
  void deploysTwiceButNotInTwoNamespaces() {
    String output = TestCluster.deploy(TestCluster.image()).orThrow();
    String pod = TestCluster.agent().getMetadata().getName();
    assertThat(output)
        .contains("Creating Namespace/gadget...", "Creating DaemonSet/jig-agent...")
        .endsWith("Jig is deployed: 1 of 1 agent is ready.\n");

    TestCluster.deploy(TestCluster.image()).orThrow();

    assertThat(TestCluster.agent().getMetadata().getName()).as("the same agent").isEqualTo(pod);
    Command.Result second =
        TestCluster.deploy(TestCluster.image(), "--gadget-namespace", "gadget-two");
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("agents are deployed in namespace \"gadget\" already");
    assertThat(TestCluster.gadget("version").out())
        .isEqualTo("Client version: " + VERSION + "\nServer version: " + VERSION + "\n");
  }

  @Test
  @Order(3)
  void aClientOfAnotherVersionWarnsAndTraces(@TempDir Path newer) throws IOException {
    Files.writeString(newer.resolve("jig.properties"), "version=99.0.0\n");
    try (IgProcess trace =
        IgProcess.traceWith(
            TestCluster.TIMEOUT,
            begin -> {
              List<String> words = new ArrayList<>(begin);
              words.addAll(
                  List.of("-n", OWN, "-o", "json", "--kubeconfig", TestCluster.kubeconfig()));
              return TestCluster.commandLine(List.of(newer.toString()), words);
            })) {
      trace.awaitErr(
          "its agent is "
              + VERSION
              + " and this is v99.0.0; run kubectl gadget deploy to update the"
              + " agent.");

      TestPod.run(OWN, "old", TestPod.lookupScript("ok.example.test."));

      trace.awaitEvents(2);
      assertThat(trace.stop().exitCode()).isZero();
    }
  }

  @Test
  @Order(4)
  @EnabledIfEnvironmentVariable(
      named = "JIG_TEST_CLUSTER",
      matches = ".+",
      disabledReason = "the nodes have no image of another tag")
  void upgradesAgentsToAnotherTag() {
    String pod = TestCluster.agent().getMetadata().getName();

    String output = TestCluster.deploy(AgentImage.OTHER_TAG).orThrow();

    assertThat(output).endsWith("Jig is deployed: 1 of 1 agent is ready.\n");
    assertThat(TestCluster.agent().getMetadata().getName()).isNotEqualTo(pod);
    assertThat(TestCluster.agent().getSpec().getContainers().getFirst().getImage())
        .isEqualTo(AgentImage.OTHER_TAG);
  }

  @Test
  @Order(5)
  void undeployLeavesNothing() {
    String output = TestCluster.undeploy().orThrow();

    assertThat(output)
        .contains("Removing DaemonSet/jig-agent...")
        .endsWith("Jig is removed from the cluster.\n");
    assertThat(TestCluster.client().namespaces().withName(TestCluster.GADGET).get()).isNull();
    assertThat(everything()).containsExactlyInAnyOrderElementsOf(before);
  }

  /// Every object, without those that other tests are removing.
  private static List<String> everything() {
    return TestCluster.kubectl(
            "get",
            "all,clusterrole,clusterrolebinding,networkpolicy,serviceaccount",
            "-A",
            "--no-headers",
            "-o",
            "custom-columns=N:.metadata.namespace,K:.kind,NAME:.metadata.name")
        .lines()
        .filter(it -> !it.startsWith("jig-test-") && !it.startsWith("demo "))
        .toList();
  }
}

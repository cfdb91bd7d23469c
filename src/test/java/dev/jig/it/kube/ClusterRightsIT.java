package dev.jig.it.kube;

import static dev.jig.it.kube.TestPod.runOnce;
import static dev.jig.it.kube.TestPod.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.wire.AgentPort;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The agents' rights, who can connect to them, and the errors of users without rights.
@OnCluster
final class ClusterRightsIT {
  private static final String OWN = "jig-test-rights";
  private static final String ACCOUNT = "system:serviceaccount:gadget:jig-agent";

  /// Reviews of their own rights, which every authenticated user may create.
  private static final Set<String> ABOUT_ITSELF =
      Set.of(
          "selfsubjectaccessreviews.authorization.k8s.io",
          "selfsubjectrulesreviews.authorization.k8s.io",
          "selfsubjectreviews.authentication.k8s.io");

  /// TCP_LISTEN in /proc/net/tcp.
  private static final String LISTENS = "0A";

  @BeforeAll
  static void deploy() {
    TestCluster.requireDeployed();
    TestCluster.makeNamespace(OWN);
  }

  @AfterAll
  static void cleanUp() {
    TestCluster.removeNamespace(OWN);
    TestCluster.kubectl(
        "delete", "role,rolebinding", "-n", TestCluster.GADGET, "-l", "jig-test=true");
  }

  @Test
  void theAgentsAccountHasNoRights() {
    List<String> rights =
        TestCluster.kubectl("auth", "can-i", "--list", "--as", ACCOUNT, "--no-headers")
            .lines()
            .toList();

    assertThat(rights).isNotEmpty();
    for (String right : rights) {
      // Resources, then non-resource URLs, resource names and verbs in brackets.
      String resource = right.startsWith(" ") ? "" : right.split(" ", 2)[0];
      if (resource.isEmpty()) {
        assertThat(right).as("discovery").endsWith("[get]").contains("[/");
      } else {
        assertThat(ABOUT_ITSELF).contains(resource);
      }
    }
    assertThat(TestCluster.agent().getSpec().getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  void theAgentHasThreeCapabilitiesAndCannotGainMore() throws IOException {
    Path process = process();

    // CAP_NET_ADMIN 12, CAP_PERFMON 38, CAP_BPF 39
    assertThat(Files.readAllLines(process.resolve("status")))
        .contains(
            "CapPrm:\t000000c000001000",
            "CapEff:\t000000c000001000",
            "CapBnd:\t000000c000001000",
            "CapAmb:\t0000000000000000",
            "NoNewPrivs:\t1",
            "Seccomp:\t2");
    assertThat(Files.readAllLines(process.resolve("mountinfo")))
        .as("the root, first of all, read-only")
        .anyMatch(it -> it.matches("\\d+ \\d+ \\S+ \\S+ / ro[, ].*"))
        .as("the node's cgroups")
        .allMatch(it -> !it.contains(" /sys/fs/cgroup ") || it.contains(" /sys/fs/cgroup ro"));
  }

  @Test
  void anotherPodCannotReachTheAgent() throws IOException {
    List<Integer> listening = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = process().resolve("net").resolve(table);
      for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
        List<String> fields = List.of(line.strip().split(" +"));
        if (fields.get(3).equals(LISTENS)) {
          int colon = fields.get(1).indexOf(':');
          assertThat(fields.get(1).substring(0, colon))
              .as("address in %s", line)
              .isIn(
                  "0100007F",
                  "0000000000000000FFFF00000100007F",
                  "00000000000000000000000001000000");
          listening.add(Integer.parseInt(fields.get(1).substring(colon + 1), 16));
        }
      }
    }
    assertThat(listening).contains(AgentPort.DEFAULT);

    // From another pod: none of the agent's pod's ports is open, one of a neighbour's is.
    String agent = TestCluster.agent().getStatus().getPodIP();
    PodSpec open = runOnce(shell("main", TestCluster.BUSYBOX, "exec httpd -f -p 4243 -h /tmp"));
    TestPod.create(OWN, "open", open);
    String neighbour = TestPod.awaitRunning(OWN, "open").getStatus().getPodIP();
    String dial =
        "for a in "
            + agent
            + " "
            + neighbour
            + "; do for ((p = 1; p < 65536; p++)); do"
            + " { echo $a $p; } 2>/dev/null <>/dev/tcp/$a/$p; done; done; true";
    var bash = shell("main", TestCluster.TOOLS, "");
    bash.setCommand(List.of("bash", "-c", dial));
    TestPod.create(OWN, "dialler", runOnce(bash));
    TestPod.awaitEnd(OWN, "dialler");

    assertThat(TestCluster.kubectl("logs", "dialler", "-n", OWN)).isEqualTo(neighbour + " 4243\n");
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "JIG_TEST_CLUSTER",
      matches = ".+",
      disabledReason = "only the test cluster has a user without rights")
  void theMissingPermissionIsNamed() {
    String dev = Path.of(TestCluster.kubeconfig()).resolveSibling("dev.kubeconfig").toString();

    assertThat(refusal(TestCluster.gadgetAs(dev, "trace", "dns", "-n", OWN)))
        .isEqualTo(
            "Error from server (Forbidden): pods is forbidden: User \"dev\" cannot list resource"
                + " \"pods\" in API group \"\" in the namespace \"gadget\".\n");

    allow("list-pods", "list", "pods");
    String pod = TestCluster.agent().getMetadata().getName();
    assertThat(refusal(TestCluster.gadgetAs(dev, "trace", "dns", "-n", OWN)))
        .isEqualTo(
            "Error from server (Forbidden): pods \""
                + pod
                + "\" is forbidden: User \"dev\" cannot"
                + " get resource \"pods/portforward\" in API group \"\" in the namespace"
                + " \"gadget\".\n");

    allow("forward-ports", "get,create", "pods/portforward");
    Command.Result allowed = TestCluster.gadgetAs(dev, "trace", "dns", "-n", OWN, "-t", "1");
    assertThat(allowed.exitCode()).as(allowed.err()).isZero();
    assertThat(allowed.err()).contains("0 rows from 1 node, 0 lost");
  }

  @Test
  void theMissingPermissionOfAnImpersonatedUserIsNamed() {
    assertThat(refusal(TestCluster.gadget("trace", "dns", "--as", "other@example.org")))
        .startsWith("Error from server (Forbidden): pods is forbidden: User")
        .contains("other@example.org");
  }

  private static String refusal(Command.Result refused) {
    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    return refused.err();
  }

  /// Gives the user dev a right in the agents' namespace.
  private static void allow(String name, String verbs, String resource) {
    List<String> role = List.of("role", name, "--verb=" + verbs, "--resource=" + resource);
    List<String> binding = List.of("rolebinding", name, "--role=" + name, "--user=dev");
    for (List<String> made : List.of(role, binding)) {
      List<String> create = new ArrayList<>(List.of("create", "-n", TestCluster.GADGET));
      create.addAll(made);
      TestCluster.kubectl(create.toArray(String[]::new));
      TestCluster.kubectl("label", made.get(0), name, "-n", TestCluster.GADGET, "jig-test=true");
    }
  }

  private static Path process() {
    return Path.of("/proc", Long.toString(TestCluster.agentPid()));
  }
}

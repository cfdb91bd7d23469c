package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// `kubectl gadget` on a real cluster, from deploy to undeploy. Runs only against the cluster of
/// `bin/test --cluster FOLDER`, or one that JIG_TEST_KUBECONFIG names: never that of KUBECONFIG.
///
/// With a FOLDER the image is made and loaded by FOLDER/load; without, JIG_TEST_IMAGE names one
/// that the nodes have, JIG_TEST_CRI their runtime's socket.
@EnabledIfEnvironmentVariable(named = "JIG_TEST_KUBECONFIG", matches = ".+")
@TestMethodOrder(OrderAnnotation.class)
final class ClusterIT {
  private static final String IMAGE = "docker.io/local/jig-test:1";
  private static final String TEST_NAMESPACE = "jig-test-demo";
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final List<String> LEFT_BEHIND =
      List.of("all", "serviceaccount", "networkpolicy", "clusterrole", "clusterrolebinding");

  private static Cluster cluster;
  private static KubernetesClient client;
  private static String image = IMAGE;

  @BeforeAll
  static void makeAndLoadTheImage() {
    String kubeconfig = environment("JIG_TEST_KUBECONFIG", "");
    cluster = Cluster.open(new Cluster.Access(kubeconfig, null, "gadget", ""));
    client = cluster.client();
    image = environment("JIG_TEST_IMAGE", IMAGE);
    String folder = environment("JIG_TEST_CLUSTER", "");
    if (!folder.isEmpty()) {
      Command.run("src/main/dist/image", System.getProperty("java.home"), image).orThrow();
      Command.run(folder + "/load", tarball().toString()).orThrow();
    }
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(TEST_NAMESPACE).endMetadata().build())
        .serverSideApply();
    await(
        "the namespace's service account",
        () ->
            client.serviceAccounts().inNamespace(TEST_NAMESPACE).withName("default").get() != null);
    deploy().orThrow();
  }

  private static Path tarball() {
    try (var files = Files.list(Path.of("target"))) {
      return files.filter(it -> it.toString().endsWith("-image.tar")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void leaveNothing() {
    if (cluster != null) {
      gadget("undeploy");
      client.namespaces().withName(TEST_NAMESPACE).delete();
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void showsTheLookupsOfANamespaceFromAPodsFirstQueryOn() {
    try (IgProcess trace = trace("-n", TEST_NAMESPACE, "-o", "json")) {
      run("walk", "for n in ok nx ok; do nslookup -type=a $n.example.test.; done; true");

      List<Json> events = trace.awaitEvents(6);

      for (Json event : events) {
        assertThat(event.text("k8s.namespace")).isEqualTo(TEST_NAMESPACE);
        assertThat(event.text("k8s.podName")).isEqualTo("walk");
        assertThat(event.text("k8s.node")).isNotEmpty();
        assertThat(event.text("comm")).isEqualTo("nslookup");
        assertThat(event.text("nameserver")).isNotEmpty();
      }
      assertThat(events.stream().map(it -> it.text("qr"))).containsOnly("Q", "R");
      assertThat(trace.stop().err()).contains(" rows from 1 node, 0 lost");
    }
    await("the stream's end on the agent", () -> agentLog().contains("\"by\":\"client\""));
  }

  @Test
  @Order(2)
  void filtersAndSelectorsAreFollowedOnTheNode() {
    try (IgProcess trace =
        trace("-A", "-l", "app in (two)", "-c", "main", "-F", "qr:R", "-o", "json")) {
      run("one", "nslookup -type=a ok.example.test.");
      run("two", "nslookup -type=a ok.example.test.");

      List<Json> events = trace.awaitEvents(1);

      assertThat(trace.stop().exitCode()).isZero();
      assertThat(events).hasSize(1);
      assertThat(events.getFirst().text("k8s.podName")).isEqualTo("two");
      assertThat(events.getFirst().text("qr")).isEqualTo("R");
    }
  }

  @Test
  @Order(3)
  void anAgentThatIsReplacedIsTakenUpAgainWithAWordAboutTheGap() {
    try (IgProcess trace = trace("-n", TEST_NAMESPACE, "-F", "qr:Q", "-o", "json")) {
      run("before", "nslookup -type=a ok.example.test.");
      trace.awaitEvents(1);

      client.pods().inNamespace("gadget").withLabel("app.kubernetes.io/name", "jig").delete();
      trace.awaitErr("are unknown, its agent is a new one.");
      run("after", "nslookup -type=a ok.example.test.");

      List<Json> events = trace.awaitEvents(2);
      assertThat(events.stream().map(it -> it.text("k8s.podName")))
          .containsExactly("before", "after");
      assertThat(trace.stop().exitCode()).isZero();
    }
  }

  @Test
  @Order(4)
  void saysWhatIsForbidden() {
    Command.Result refused = gadget("trace", "dns", "--as", "somebody@example.org");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("Error from server (Forbidden): pods is forbidden")
        .contains("somebody@example.org")
        .contains("gadget");
  }

  @Test
  @Order(5)
  void deploysTwiceButNotInTwoNamespaces() {
    assertThat(deploy().exitCode()).isZero();

    Command.Result second = deploy("--gadget-namespace", "gadget-two");

    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("agents are deployed in namespace \"gadget\" already");
    assertThat(gadget("version").out())
        .isEqualTo("Client version: v0.1.0\nServer version: v0.1.0\n");
  }

  @Test
  @Order(6)
  void theAgentMayDoLittle() {
    Pod agent = agent();
    long pid =
        ProcessHandle.allProcesses()
            .filter(
                it -> it.info().commandLine().orElse("").contains("dev.jig.cli.Ig agent --node="))
            .mapToLong(ProcessHandle::pid)
            .findFirst()
            .orElseThrow();

    List<String> status = Command.run("cat", "/proc/" + pid + "/status").lines();

    // CAP_NET_ADMIN 12, CAP_PERFMON 38, CAP_BPF 39
    assertThat(status)
        .contains("CapEff:\t000000c000001000", "CapBnd:\t000000c000001000", "NoNewPrivs:\t1");
    assertThat(status).contains("Seccomp:\t2");
    assertThat(agent.getSpec().getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  @Order(7)
  void undeployLeavesNothing() {
    Command.Result gone = gadget("undeploy");

    assertThat(gone.exitCode()).as(gone.err()).isZero();
    for (String kind : LEFT_BEHIND) {
      assertThat(kubectl("get", kind, "-A", "-o", "name")).as(kind).doesNotContain("jig-agent");
    }
    assertThat(client.namespaces().withName("gadget").get()).isNull();
    Command.Result trace = gadget("trace", "dns");
    assertThat(trace.exitCode()).isEqualTo(1);
    assertThat(trace.err()).contains("no gadget pods found in namespace \"gadget\"");
  }

  private static Command.Result deploy(String... more) {
    List<String> words = new ArrayList<>(List.of("deploy", "--image", image));
    words.addAll(List.of("--image-pull-policy", "IfNotPresent"));
    words.addAll(
        List.of(
            "--containerd-socketpath",
            environment("JIG_TEST_CRI", "/run/containerd/containerd.sock")));
    words.addAll(List.of(more));
    return gadget(words.toArray(String[]::new));
  }

  private static Command.Result gadget(String... words) {
    return Command.run(commandLine(List.of(words)));
  }

  private static IgProcess trace(String... words) {
    return IgProcess.traceBy(begin -> {
      List<String> all = new ArrayList<>(begin);
      all.addAll(List.of(words));
      return commandLine(all);
    });
  }

  private static List<String> commandLine(List<String> words) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("@bin/java.options", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add("target/classes:target/lib/*:target/lib-client/*");
    command.add("dev.jig.cli.KubectlGadget");
    command.addAll(words);
    command.addAll(List.of("--kubeconfig", environment("JIG_TEST_KUBECONFIG", "")));
    return command;
  }

  private static String kubectl(String... words) {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "--kubeconfig", environment("JIG_TEST_KUBECONFIG", "")));
    command.addAll(List.of(words));
    return Command.run(command).orThrow();
  }

  private static Pod agent() {
    return client
        .pods()
        .inNamespace("gadget")
        .withLabel("app.kubernetes.io/name", "jig")
        .list()
        .getItems()
        .getFirst();
  }

  private static String agentLog() {
    return client.pods().inNamespace("gadget").withName(agent().getMetadata().getName()).getLog();
  }

  /// Starts a pod that runs a script of busybox once.
  private static void run(String name, String script) {
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(TEST_NAMESPACE)
                .withLabels(Map.of("app", name))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("main")
                .withImage("docker.io/local/busybox:1")
                .withImagePullPolicy("IfNotPresent")
                .withCommand("sh", "-c", script)
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  private static void await(String what, BooleanSupplier condition) {
    long startNs = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - startNs).as("waiting for %s", what).isLessThan(PATIENCE_NS);
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null ? otherwise : value;
  }
}

package dev.jig.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.AgentImage;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.kube.Cluster;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The cluster under test. Test classes share the agents, which the first class that needs them
/// deploys.
///
/// With JIG_TEST_CLUSTER, the folder of `bin/test --cluster`, the image is built and loaded by
/// FOLDER/load; without, JIG_TEST_IMAGE is an image that the nodes have. JIG_TEST_CRI is the
/// runtime's socket on the nodes.
public final class TestCluster {
  /// For all waits: the machine may be busy with other tests.
  public static final Duration TIMEOUT = Duration.ofMinutes(2);

  public static final String GADGET = "gadget";
  public static final String BUSYBOX = "docker.io/local/busybox:1";
  public static final String TOOLS = "docker.io/local/tools:1";

  private static final int REPORTED_LINES = 30;
  private static final String MARK = "jig-test";
  private static final long POLL_NS = Duration.ofMillis(200).toNanos();

  private static @Nullable Cluster cluster;
  private static boolean loaded;
  private static boolean deployed;

  private TestCluster() {}

  public static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  public static String kubeconfig() {
    return environment("JIG_TEST_KUBECONFIG", "");
  }

  /// A script of JIG_TEST_CLUSTER.
  public static Path script(String name) {
    return Path.of(Objects.requireNonNull(System.getenv("JIG_TEST_CLUSTER")), name);
  }

  public static synchronized KubernetesClient client() {
    Cluster open = cluster;
    if (open == null) {
      open = Cluster.open(new Cluster.Access(kubeconfig(), null, GADGET, ""));
      cluster = open;
    }
    return open.client();
  }

  /// The agents' image, on the nodes.
  public static synchronized String image() {
    if (!loaded && System.getenv("JIG_TEST_CLUSTER") != null) {
      Command.run(script("load").toString(), AgentImage.tarball().toString()).orThrow();
    }
    loaded = true;
    return environment("JIG_TEST_IMAGE", AgentImage.REFERENCE);
  }

  /// Agents on all nodes, ready.
  public static synchronized void requireDeployed() {
    if (!deployed) {
      deploy(image()).orThrow();
      deployed = true;
    }
  }

  /// `kubectl gadget deploy` with this cluster's options.
  public static Command.Result deploy(String image, String... more) {
    List<String> words = new ArrayList<>(List.of("deploy", "--image", image));
    words.addAll(List.of("--image-pull-policy", "IfNotPresent"));
    words.add("--containerd-socketpath");
    words.add(environment("JIG_TEST_CRI", "/run/containerd/containerd.sock"));
    words.addAll(List.of(more));
    return gadget(words.toArray(String[]::new));
  }

  public static synchronized Command.Result undeploy() {
    deployed = false;
    return gadget("undeploy");
  }

  /// Runs `kubectl gadget` and waits for its end.
  public static Command.Result gadget(String... words) {
    return gadgetAs(kubeconfig(), words);
  }

  public static Command.Result gadgetAs(String kubeconfig, String... words) {
    List<String> command = new ArrayList<>(commandLine(List.of(words)));
    command.addAll(List.of("--kubeconfig", kubeconfig));
    return Command.run(command);
  }

  /// `kubectl gadget trace dns`, once it traces.
  public static IgProcess trace(String... words) {
    return traceUnder(List.of(), words);
  }

  /// `kubectl gadget advise dns`, once it watches.
  public static IgProcess advise(String... words) {
    return start("advise", words);
  }

  /// `kubectl gadget VERB dns`, once it watches.
  public static IgProcess start(String verb, String... words) {
    return IgProcess.traceWith(
        TIMEOUT,
        begin -> {
          List<String> all = new ArrayList<>(begin);
          all.set(0, verb);
          all.addAll(List.of(words));
          all.addAll(List.of("--kubeconfig", kubeconfig()));
          return commandLine(all);
        });
  }

  /// The same as an argument of another command, such as ptyrun.
  public static IgProcess traceUnder(List<String> prefix, String... words) {
    return IgProcess.traceWith(
        TIMEOUT,
        begin -> {
          List<String> all = new ArrayList<>(begin);
          all.addAll(List.of(words));
          all.addAll(List.of("--kubeconfig", kubeconfig()));
          List<String> command = new ArrayList<>(prefix);
          command.addAll(commandLine(all));
          return command;
        });
  }

  /// How bin/kubectl-gadget starts Java, with the same options.
  public static List<String> commandLine(List<String> words) {
    return commandLine(List.of(), words);
  }

  /// `kubectl gadget` with `words`.
  ///
  /// @param before everything else on the class path
  public static List<String> commandLine(List<String> before, List<String> words) {
    String target = Path.of("target").toAbsolutePath().toString();
    List<String> classpath = new ArrayList<>(before);
    for (String part : List.of("classes", "lib/*", "lib-client/*")) {
      classpath.add(target + "/" + part);
    }
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("bin/java.options").toAbsolutePath());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", String.join(":", classpath)));
    command.add("dev.jig.cli.KubectlGadget");
    command.addAll(words);
    return command;
  }

  public static String kubectl(String... words) {
    return kubectlResult(words).orThrow();
  }

  public static Command.Result kubectlResult(String... words) {
    List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig()));
    command.addAll(List.of(words));
    return Command.run(command);
  }

  /// Creates an empty namespace that is ready for pods.
  public static void makeNamespace(String name) {
    removeStaleNamespace(name);
    kubectl("create", "namespace", name);
    markAsTests(name);
  }

  /// Marks a namespace for removal at the end of the tests, or before the next run.
  public static void markAsTests(String name) {
    kubectl("label", "namespace", name, MARK + "=true");
    await(
        "the default service account of " + name,
        () -> client().serviceAccounts().inNamespace(name).withName("default").get() != null);
  }

  /// Removes what a killed run left; fails for a namespace that is not a test's.
  public static void removeStaleNamespace(String namespace) {
    Resource<Namespace> named = client().namespaces().withName(namespace);
    Namespace there = named.get();
    if (there != null && there.getMetadata().getDeletionTimestamp() == null) {
      assertThat(there.getMetadata().getLabels())
          .as("labels of the namespace %s, which is not the tests' own", namespace)
          .containsEntry(MARK, "true");
      removeNamespace(namespace);
    }
    await("the end of the namespace " + namespace, () -> named.get() == null);
  }

  /// Starts to remove a namespace with its pods; does not wait.
  public static void removeNamespace(String name) {
    kubectl("delete", "namespace", name, "--ignore-not-found", "--wait=false");
    kubectl("delete", "pod,job", "--all", "-n", name, "--grace-period=0", "--force");
  }

  public static Pod agent() {
    return client()
        .pods()
        .inNamespace(GADGET)
        .withLabels(Map.of(Cluster.LABEL, Cluster.LABEL_VALUE))
        .list()
        .getItems()
        .stream()
        .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no agent"));
  }

  /// The address of the cluster's DNS service.
  public static String dnsAddress() {
    return client()
        .services()
        .inNamespace("kube-system")
        .withName("kube-dns")
        .get()
        .getSpec()
        .getClusterIP();
  }

  public static String agentLog() {
    return client().pods().inNamespace(GADGET).withName(agent().getMetadata().getName()).getLog();
  }

  /// The agent's process on this machine, which is the cluster's only node.
  public static long agentPid() {
    return ProcessHandle.allProcesses()
        .filter(it -> it.info().commandLine().orElse("").contains("dev.jig.cli.Ig agent --node="))
        .mapToLong(ProcessHandle::pid)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no agent runs on this machine"));
  }

  public static void await(String what, BooleanSupplier condition) {
    long startNs = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - startNs)
          .as("waiting for %s", what)
          .isLessThan(TIMEOUT.toNanos());
      LockSupport.parkNanos(POLL_NS);
    }
  }

  /// The cluster's state, for failed tests.
  public static String report() {
    List<List<String>> questions =
        List.of(
            List.of("get", "pods", "-A", "-o", "wide"),
            List.of("describe", "pods", "-n", GADGET),
            List.of("logs", "-n", GADGET, "daemonset/jig-agent"),
            List.of("get", "events", "-A", "--sort-by=.lastTimestamp"));
    StringBuilder report = new StringBuilder("the cluster at the failure:\n");
    for (List<String> words : questions) {
      Command.Result result = kubectlResult(words.toArray(String[]::new));
      List<String> lines = result.lines();
      report.append("$ kubectl ").append(String.join(" ", words)).append('\n');
      lines.stream()
          .skip(Math.max(0, lines.size() - REPORTED_LINES))
          .forEach(line -> report.append(line).append('\n'));
      report.append(result.err());
    }
    return report.toString();
  }

  /// Removes the agents and the tests' namespaces, after the last class.
  public static synchronized void removeEverything() {
    if (cluster == null) {
      return;
    }
    Command.Result gone = undeploy();
    kubectl("delete", "namespace", "-l", MARK + "=true", "--timeout=120s");
    cluster.close();
    cluster = null;
    gone.orThrow();
  }
}

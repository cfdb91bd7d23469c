package dev.jig.cli;

import dev.jig.container.RuntimeKind;
import dev.jig.event.UserFacingException;
import dev.jig.kube.Cluster;
import dev.jig.kube.deploy.Installation;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kubectl gadget deploy`: installs an agent on every node, or updates those that run.
@Command(name = "deploy", description = "Install an agent on every node, or update the agents.")
final class DeployCommand implements Callable<Integer> {
  private static final String CONTAINERD = "/run/containerd/containerd.sock";
  private static final String CRIO = "/run/crio/crio.sock";

  private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");

  @Option(
      names = "--image",
      order = 1,
      paramLabel = "NAME:TAG",
      description = "The agents' image: build it with bin/image and push it to your registry.")
  @Nullable String image;

  @Option(
      names = "--image-pull-policy",
      order = 2,
      paramLabel = "POLICY",
      defaultValue = "IfNotPresent",
      description = "Always, IfNotPresent or Never (default: ${DEFAULT-VALUE}).")
  String pullPolicy = "IfNotPresent";

  @Option(
      names = "--node-selector",
      order = 3,
      paramLabel = "K=V,...",
      defaultValue = "",
      description = "Only nodes with these labels.")
  String nodeSelector = "";

  @Option(
      names = "--containerd-socketpath",
      order = 4,
      paramLabel = "PATH",
      defaultValue = CONTAINERD,
      description = "containerd's socket on the nodes (default: ${DEFAULT-VALUE}).")
  Path containerdSocket = Path.of(CONTAINERD);

  @Option(
      names = "--crio-socketpath",
      order = 5,
      paramLabel = "PATH",
      defaultValue = CRIO,
      description = "CRI-O's socket on the nodes (default: ${DEFAULT-VALUE}).")
  Path crioSocket = Path.of(CRIO);

  @Option(
      names = "--resolve-endpoints",
      order = 6,
      fallbackValue = "true",
      description = {
        "Show pods and services instead of addresses, as p/NAMESPACE/NAME and s/NAMESPACE/NAME.",
        "Allows the agents to list and watch the pods and services of the cluster."
      })
  boolean resolveEndpoints;

  @Option(
      names = "--wait",
      order = 7,
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Wait until the agents of all nodes are ready; --no-wait: do not wait.")
  boolean wait = true;

  @Option(
      names = "--timeout",
      order = 8,
      paramLabel = "DURATION",
      defaultValue = "120s",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  String timeout = "120s";

  @Option(
      names = "--print-only",
      order = 9,
      fallbackValue = "true",
      description = "Print the manifests and change nothing.")
  boolean printOnly;

  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() throws InterruptedException {
    Installation.Options choice = parseChoice();
    long timeoutNs =
        DurationOption.parsePositiveNs(
            "--timeout", timeout, "Write a duration such as 120s or 5m.");
    if (printOnly) {
      System.out.print(Installation.toYaml(choice));
      return 0;
    }
    try (Cluster cluster = clusterOptions.open()) {
      Installation installation = new Installation(cluster);
      installation.apply(choice, System.out::println);
      if (wait) {
        await(installation, timeoutNs);
      } else {
        System.out.println("Jig is being deployed to namespace " + choice.namespace() + ".");
      }
    }
    return 0;
  }

  private void await(Installation installation, long timeoutNs) throws InterruptedException {
    String namespace = clusterOptions.gadgetNamespace;
    System.out.println("Waiting for the agents to be ready...");
    Installation.Rollout rollout = installation.awaitRollout(namespace, timeoutNs, Console::print);
    if (!rollout.done()) {
      throw UserFacingException.cluster(
          rollout.ready()
              + " of "
              + agents(rollout.wanted())
              + " ready after "
              + timeout
              + ": see kubectl describe daemonset,pods -n "
              + namespace);
    }
    if (rollout.wanted() == 0) {
      Console.print("no node has the labels of --node-selector: no agent runs.");
    }
    System.out.println(
        "Jig is deployed: " + rollout.ready() + " of " + agents(rollout.wanted()) + " ready.");
  }

  private static String agents(int count) {
    return count == 1 ? "1 agent is" : count + " agents are";
  }

  private Installation.Options parseChoice() {
    if (image == null || image.isBlank()) {
      throw UserFacingException.usage(
          "deploy needs an image; none is published.",
          "Build it with bin/image, push it to a registry the nodes can reach, and write --image NAME:TAG.");
    }
    if (!PULL_POLICIES.contains(pullPolicy)) {
      throw UserFacingException.usage(
          "\"" + pullPolicy + "\" is not a pull policy.", "Write Always, IfNotPresent or Never.");
    }
    Map<RuntimeKind, Path> sockets = new EnumMap<>(RuntimeKind.class);
    sockets.put(RuntimeKind.CONTAINERD, requireAbsolute(containerdSocket));
    sockets.put(RuntimeKind.CRIO, requireAbsolute(crioSocket));
    return new Installation.Options(
        VersionCommand.version(),
        clusterOptions.gadgetNamespace,
        image,
        pullPolicy,
        parseLabels(nodeSelector),
        sockets,
        resolveEndpoints);
  }

  private static Path requireAbsolute(Path socket) {
    if (!socket.isAbsolute() || socket.getParent() == null) {
      throw UserFacingException.usage(
          "\"" + socket + "\" is not the path of a socket on a node.", "Write an absolute path.");
    }
    return socket.normalize();
  }

  private static Map<String, String> parseLabels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (text.isBlank()) {
      return labels;
    }
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw UserFacingException.usage(
            "\"" + part + "\" is not a node label.", "Write key=value,key=value.");
      }
      labels.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
    }
    return labels;
  }
}

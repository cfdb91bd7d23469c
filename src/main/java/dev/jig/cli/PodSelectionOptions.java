package dev.jig.cli;

import dev.jig.filter.LabelSelector;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/// Flags of all commands that watch pods: which ones, on which nodes.
final class PodSelectionOptions {
  @Option(
      names = {"-n", "--namespace"},
      order = 1,
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only pods of this namespace (default: the kubeconfig's).")
  String namespace = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      order = 2,
      fallbackValue = "true",
      description = "Pods of all namespaces; overrides -n.")
  boolean allNamespaces;

  @Option(
      names = {"-p", "--podname"},
      order = 3,
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only this pod.")
  String pod = "";

  @Option(
      names = {"-c", "--containername"},
      order = 4,
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only containers with this name in their pods.")
  String container = "";

  @Option(
      names = {"-l", "--selector"},
      order = 5,
      paramLabel = "SELECTOR",
      defaultValue = "",
      description = "Only pods with these labels, in kubectl's syntax.")
  String selector = "";

  @Option(
      names = "--node",
      order = 6,
      paramLabel = "NAMES",
      defaultValue = "",
      description = "Only these nodes: names separated by commas.")
  String nodes = "";

  /// @throws dev.jig.event.UserFacingException for an invalid value
  void validate() {
    LabelSelector.parse(selector);
  }

  /// The values; without a namespace, the kubeconfig's.
  ClusterTrace.Request.PodSelection parse(Cluster cluster) {
    String wanted = namespace.isEmpty() ? cluster.namespace() : namespace;
    return new ClusterTrace.Request.PodSelection(
        allNamespaces ? "" : wanted, pod, container, selector);
  }

  /// Empty: all.
  Set<String> nodeNames() {
    return Arrays.stream(nodes.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Prints a hint soon, if pods are selected and there is none yet.
  static void hintIfNoPod(Cluster cluster, ClusterTrace.Request request) {
    if (request.selectsPods()) {
      Thread.ofVirtual()
          .name("pods")
          .start(() -> {
            if (!cluster.hasMatchingPod(request)) {
              Console.print("no pod matches yet: waiting for one.");
            }
          });
    }
  }
}

package dev.jig.cli;

import dev.jig.kube.Cluster;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which cluster: kubectl's words.
final class ClusterOptions {
  @Option(
      names = "--kubeconfig",
      order = 70,
      paramLabel = "FILE",
      description = "The kubeconfig (default: KUBECONFIG, ~/.kube/config, or the pod's own).")
  @Nullable String kubeconfig;

  @Option(
      names = "--context",
      order = 71,
      paramLabel = "NAME",
      description = "Another than the kubeconfig's current context.")
  @Nullable String context;

  @Option(
      names = "--as",
      order = 72,
      paramLabel = "USER",
      defaultValue = "",
      description = "Act as this user.")
  String as = "";

  @Option(
      names = "--gadget-namespace",
      order = 73,
      paramLabel = "NAME",
      defaultValue = "gadget",
      description = "Where the agents live (default: ${DEFAULT-VALUE}).")
  String gadgetNamespace = "gadget";

  /// @throws dev.jig.kube.ClusterProblem if there is no usable kubeconfig
  Cluster open() {
    return Cluster.open(new Cluster.Access(kubeconfig, context, gadgetNamespace, as));
  }
}

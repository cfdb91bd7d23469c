package dev.jig.cli;

import dev.jig.kube.Cluster;
import dev.jig.kube.deploy.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kubectl gadget version`: ours and the agents'.
@Command(
    name = "version",
    description = "Show the versions of client and agents.",
    sortOptions = false,
    usageHelpWidth = 100)
final class ClusterVersionCommand implements Callable<Integer> {
  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() {
    System.out.println("Client version: v" + VersionCommand.version());
    try (Cluster cluster = clusterOptions.open()) {
      String server = new Installation(cluster).serverVersion().orElse("not installed");
      System.out.println("Server version: " + server);
    }
    return 0;
  }
}

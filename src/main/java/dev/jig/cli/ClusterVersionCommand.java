package dev.jig.cli;

import dev.jig.kube.Cluster;
import dev.jig.kube.deploy.Installation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/// `kubectl gadget version`: the client's version, then that of the agents. The client's is printed
/// first, so that it is there even where the cluster cannot be reached.
@Command(name = "version", description = "Show the versions of client and agents.")
final class ClusterVersionCommand implements Callable<Integer> {
  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() {
    System.out.println(clientLine());
    try (Cluster cluster = clusterOptions.open()) {
      String server = new Installation(cluster).serverVersion().orElse("not installed");
      System.out.println("Server version: " + server);
    }
    return 0;
  }

  private static String clientLine() {
    return "Client version: v" + VersionCommand.version();
  }

  /// `kubectl gadget --version`: the client's line alone.
  static final class Client implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {clientLine()};
    }
  }
}

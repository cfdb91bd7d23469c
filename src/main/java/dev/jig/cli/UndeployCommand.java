package dev.jig.cli;

import dev.jig.kube.Cluster;
import dev.jig.kube.deploy.Installation;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kubectl gadget undeploy`: deletes exactly what deploy created.
@Command(name = "undeploy", description = "Delete what deploy created.")
final class UndeployCommand implements Callable<Integer> {
  private static final long MAX_WAIT_NS = TimeUnit.SECONDS.toNanos(120);

  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() throws InterruptedException {
    String namespace = clusterOptions.gadgetNamespace;
    try (Cluster cluster = clusterOptions.open()) {
      boolean any = new Installation(cluster).remove(namespace, System.out::println, MAX_WAIT_NS);
      System.out.println(
          any
              ? "Jig is removed from the cluster."
              : "Jig is not deployed in namespace \"" + namespace + "\".");
    }
    return 0;
  }
}

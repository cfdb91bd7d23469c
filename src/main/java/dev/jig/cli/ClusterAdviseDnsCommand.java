package dev.jig.cli;

import dev.jig.filter.FilterExpression;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import dev.jig.kube.GadgetRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kubectl gadget advise dns`: says what is wrong with the lookups of pods on all nodes.
@Command(
    name = "dns",
    description = "Watch the DNS lookups of pods, then print what is wrong and what to do.",
    footer = {"", "Exit code 3: --fail-on was given, and there is such a finding."})
final class ClusterAdviseDnsCommand implements Callable<Integer> {
  @Mixin PodSelectionOptions pods = new PodSelectionOptions();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin AdviseOptions options = new AdviseOptions();

  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() throws InterruptedException {
    if (options.list) {
      AdviseOptions.printKinds();
      return 0;
    }
    Console.setVerbose(selection.verbosity.isVerbose());
    AdviseOptions.Parsed parsed = options.parse();
    FilterExpression filter = AdviseOptions.parseFilter(selection.filters);
    TraceSettings settings = selection.parse(filter, selection.lookupDetails(filter, true, true));
    pods.validate();
    try (Cluster cluster = clusterOptions.open()) {
      ClusterTrace.Request request =
          new ClusterTrace.Request(
              selection.filters,
              selection.ports,
              settings.dnsTimeoutNs(),
              settings.details(),
              pods.parse(cluster),
              pods.nodeNames(),
              new GadgetRequest.Advise(parsed.evidence()));
      return new ClusterAdvise(selection, parsed).run(cluster, request, settings.limitNs());
    }
  }
}

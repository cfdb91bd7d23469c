package dev.jig.cli;

import dev.jig.filter.FilterExpression;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import dev.jig.kube.GadgetRequest;
import dev.jig.top.KeyColumn;
import dev.jig.top.ViewSpec;
import dev.jig.top.ViewSpec.Condition;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kubectl gadget top dns`: counts lookups of pods on all nodes.
@Command(
    name = "dns",
    description = "Count DNS lookups of pods: most queries, most failures, at which server.",
    footer = {"", "On a terminal: ? shows the keys."})
final class ClusterTopDnsCommand implements Callable<Integer> {
  @Mixin PodSelectionOptions pods = new PodSelectionOptions();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin TopOptions options = new TopOptions();

  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() throws InterruptedException {
    Console.setVerbose(selection.verbosity.isVerbose());
    TopOptions.Parsed parsed = options.parseForCluster();
    FilterExpression filter = FilterExpression.parse(selection.filters);
    boolean onScreen = TopScreenOutput.isPossible(selection, parsed);
    boolean zones = onScreen || parsed.view().by().contains(KeyColumn.ZONE);
    TraceSettings settings =
        selection.parse(filter, selection.lookupDetails(filter, onScreen, zones));
    pods.validate();
    try (Cluster cluster = clusterOptions.open()) {
      ClusterTrace.Request.PodSelection selected = pods.parse(cluster);
      new ClusterTop(
              cluster, view -> request(view, settings, selected), selection, parsed, onScreen)
          .run(settings.limitNs());
    }
    return 0;
  }

  /// A view of one node's rows is asked of that node alone, which does not know its name.
  private ClusterTrace.Request request(
      ViewSpec view, TraceSettings settings, ClusterTrace.Request.PodSelection selected) {
    Set<String> nodes =
        view.conditions().stream()
            .filter(condition -> condition.column() == KeyColumn.NODE)
            .map(Condition::text)
            .collect(Collectors.toUnmodifiableSet());
    List<Condition> others =
        view.conditions().stream()
            .filter(condition -> condition.column() != KeyColumn.NODE)
            .toList();
    return new ClusterTrace.Request(
        selection.filters,
        selection.ports,
        settings.dnsTimeoutNs(),
        settings.details(),
        selected,
        nodes.isEmpty() ? pods.nodeNames() : nodes,
        new GadgetRequest.Top(new ViewSpec(view.by(), others, view.filter())));
  }
}

package dev.jig.advise;

import dev.jig.stats.DistinctCounter;
import java.util.List;
import java.util.Set;

/// Adds up what the rules have counted on several nodes, and says what is wrong. Thresholds and
/// consequences hold for the sum: a server that one node gets no answer from may answer another's
/// clients. One thread.
public final class NodeSum {
  private final RuleSet rules;
  private final DistinctCounter servers = new DistinctCounter(Advisor.MAX_SERVERS);
  private long startNs = Long.MAX_VALUE;
  private long endNs;
  private long lookups;
  private long processes;
  private long forgotten;

  /// @param rules that have seen nothing
  public NodeSum(RuleSet rules) {
    this.rules = rules;
  }

  /// Adds a tally of a node.
  public void add(NodeTally tally) {
    rules.add(tally.table(), tally.key(), tally.tally());
  }

  /// Adds the window of a node.
  public void add(NodeWindow node) {
    Window window = node.window();
    if (window.lookups() > 0) {
      startNs = Math.min(startNs, window.startNs());
      endNs = Math.max(endNs, window.endNs());
    }
    lookups += window.lookups();
    processes += window.processes();
    forgotten += window.forgotten();
    node.servers().forEach(servers::add);
  }

  /// What is wrong, worst first.
  public List<Finding> findings(Set<FindingId> wanted) {
    return rules.findings(wanted);
  }

  /// The window of all nodes.
  public Window window() {
    return new Window(
        lookups == 0 ? 0 : startNs,
        endNs,
        lookups,
        processes,
        servers.count(),
        0,
        forgotten + rules.forgotten());
  }
}

package dev.jig.cli;

import com.google.protobuf.ByteString;
import dev.jig.advise.Counted;
import dev.jig.advise.NodeSum;
import dev.jig.advise.NodeTally;
import dev.jig.advise.Report;
import dev.jig.advise.WatchedNode;
import dev.jig.advise.Window;
import dev.jig.advise.rules.AllRules;
import dev.jig.advise.wire.NodeStatus;
import dev.jig.advise.wire.TallyBatch;
import dev.jig.advise.wire.TallyDecoder;
import dev.jig.event.Row;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import dev.jig.names.SearchLists;
import dev.jig.os.Signals;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One run of `advise dns` on a cluster: rules count on the nodes, and say here what is wrong, of
/// the sum.
final class ClusterAdvise implements ClusterTrace.Viewer {
  private static final String HINT =
      "No DNS query was seen: -A watches all namespaces, -P other ports.";

  private final SelectionOptions selection;
  private final AdviseOptions.Parsed options;
  private final ReportOutput output;
  private final AdviseStatus status = new AdviseStatus(true);
  private final NodeSum sum;
  private final Map<String, TallyDecoder> decoders = new HashMap<>();
  private final Map<String, NodeStatus> states = new HashMap<>();

  /// Lookups of each node, as it has reported at its end.
  private final Map<String, Long> lookups = new HashMap<>();

  private long startNs;
  private volatile boolean finished;

  ClusterAdvise(SelectionOptions selection, AdviseOptions.Parsed options) {
    this.selection = selection;
    this.options = options;
    this.output = new ReportOutput(options.format(), selection.openOutput(true), HINT);
    this.sum = new NodeSum(AllRules.create(SearchLists.NONE, options.evidence()));
  }

  /// Watches until Ctrl-C or the time limit, and writes the report.
  ///
  /// @return the exit code
  int run(Cluster cluster, ClusterTrace.Request request, long limitNs) throws InterruptedException {
    ClusterTrace trace = new ClusterTrace(cluster, request, VersionCommand.version(), this);
    trace.open();
    PodSelectionOptions.hintIfNoPod(cluster, request);
    Signals.onInterrupt(() -> {
      trace.stop();
      ShutdownWatchdog.enforce(
          () -> finished, output::isBlocked, 0, () -> "the nodes did not report in time.");
    });
    startNs = nowNs();
    ClusterTrace.Summary summary = trace.run(limitNs);
    status.clear();
    Window window = sum.window().withTime(startNs, nowNs()).withNodes(nodes(summary.ofNodes()));
    output.write(new Report(window, sum.findings(options.wanted())));
    if (!output.isReaderGone() || window.packetsLost() > 0 || selection.verbosity.isVerbose()) {
      ClusterSummary.print(
          Counted.of(window.lookups(), "lookup", "lookups"), summary.nodes(), window.packetsLost());
    }
    finished = true;
    output.throwIfFailed();
    return options.exitCode(0, output.worst());
  }

  private List<WatchedNode> nodes(List<ClusterTrace.NodeSummary> summaries) {
    return summaries.stream()
        .map(node ->
            new WatchedNode(
                node.node(),
                node.watched(),
                lookups.getOrDefault(node.node(), 0L),
                node.lost(),
                node.gap()))
        .toList();
  }

  private static long nowNs() {
    return System.currentTimeMillis() * 1_000_000;
  }

  @Override
  public void onStarted() {
    status.begin();
    selection.createReadyFile();
  }

  @Override
  public void onReport(String node, ByteString content) throws IOException {
    TallyBatch batch = decoders.computeIfAbsent(node, TallyDecoder::new).decode(content);
    for (NodeTally tally : batch.tallies()) {
      sum.add(tally);
    }
    if (batch.window() != null) {
      sum.add(batch.window());
      lookups.merge(node, batch.window().window().lookups(), Long::sum);
    }
  }

  @Override
  public void onStatus(String node, ByteString content) throws IOException {
    states.put(node, NodeStatus.decode(content));
  }

  @Override
  public void flush() {
    Set<Long> findings = new HashSet<>();
    long all = 0;
    for (NodeStatus state : states.values()) {
      findings.addAll(state.findings());
      all += state.lookups();
    }
    status.update(all, findings.size());
  }

  @Override
  public void onEvent(Row event) {
    // the nodes send no rows
  }

  @Override
  public void onLost(long count) {
    // the report has each node's
  }

  @Override
  public void inform(String sentence) {
    status.clear();
    Console.print(sentence);
  }

  @Override
  public void debug(String sentence) {
    Console.debug(sentence);
  }
}

package dev.jig.cli;

import dev.jig.advise.Counted;
import dev.jig.event.Row;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import dev.jig.os.Signals;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kubectl gadget trace dns`: shows the DNS packets of pods on all nodes.
@Command(
    name = "dns",
    description = "Trace the DNS queries and responses of pods.",
    footer = {
      "",
      "Every flag can be set in the environment: INSPEKTOR_GADGET_ and its name in capitals, - as _."
    })
final class ClusterTraceDnsCommand implements Callable<Integer> {
  @Mixin PodSelectionOptions pods = new PodSelectionOptions();

  @Mixin TraceDnsOptions options = new TraceDnsOptions();

  @Mixin ClusterOptions clusterOptions = new ClusterOptions();

  @Override
  public Integer call() throws InterruptedException {
    Console.setVerbose(options.selection.verbosity.isVerbose());
    TraceDnsOptions.Parsed parsed = options.parse(ColumnSet.KUBECTL);
    pods.validate();
    try (Cluster cluster = clusterOptions.open()) {
      new Run(cluster, parsed).run();
    }
    return 0;
  }

  private ClusterTrace.Request request(Cluster cluster, TraceDnsOptions.Parsed parsed) {
    return new ClusterTrace.Request(
        options.rules(),
        options.selection.ports,
        parsed.settings().dnsTimeoutNs(),
        parsed.settings().details(),
        pods.parse(cluster),
        pods.nodeNames());
  }

  /// One trace, from the header to the summary line.
  private final class Run implements ClusterTrace.Viewer {
    private final TraceDnsOptions.Parsed parsed;
    private final ClusterTrace trace;
    private final RowOutput rows;
    private volatile boolean finished;

    Run(Cluster cluster, TraceDnsOptions.Parsed parsed) {
      this.parsed = parsed;
      ClusterTrace.Request request = request(cluster, parsed);
      this.trace = new ClusterTrace(cluster, request, VersionCommand.version(), this);
      trace.open();
      PodSelectionOptions.hintIfNoPod(cluster, request);
      this.rows = RowOutput.open(parsed.format(), options.selection.openOutput(true), trace::stop);
    }

    void run() throws InterruptedException {
      Signals.onInterrupt(() -> {
        trace.stop();
        ShutdownWatchdog.enforce(
            () -> finished,
            rows::isBlocked,
            0,
            () -> "the output is blocked: the remaining rows were dropped.");
      });
      ClusterTrace.Summary summary = trace.run(parsed.settings().limitNs());
      rows.finish(null, summary.lost());
      if (!rows.isReaderGone() || summary.lost() > 0 || options.selection.verbosity.isVerbose()) {
        ClusterSummary.print(
            Counted.of(summary.rows(), "row", "rows"), summary.nodes(), summary.lost());
      }
      finished = true;
      rows.throwIfFailed();
    }

    @Override
    public void onStarted() {
      rows.begin();
      options.selection.createReadyFile();
    }

    @Override
    public void onEvent(Row event) {
      rows.accept(event);
    }

    @Override
    public void onLost(long count) {
      rows.reportLoss(count);
    }

    @Override
    public void flush() {
      rows.flush();
    }

    @Override
    public void inform(String sentence) {
      Console.print(sentence);
    }

    @Override
    public void debug(String sentence) {
      Console.debug(sentence);
    }
  }
}

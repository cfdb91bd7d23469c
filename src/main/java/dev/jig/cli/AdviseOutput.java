package dev.jig.cli;

import dev.jig.advise.Advisor;
import dev.jig.advise.Finding;
import dev.jig.advise.Report;
import dev.jig.advise.Severity;
import dev.jig.advise.Window;
import dev.jig.advise.rules.AllRules;
import dev.jig.event.Row;
import dev.jig.names.SearchLists;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Feeds the rows to the rules, and writes the report at the end.
final class AdviseOutput implements TraceOutput {
  private static final String LIVE_HINT =
      "No DNS query was seen: --host watches processes outside containers too, -P other ports.";

  private static final String FILE_HINT =
      "No query in the file has an answer or timed out: -P reads other ports.";

  private final AdviseOptions.Parsed options;
  private final ReportOutput output;
  private final Runnable onFailure;
  private final Advisor advisor;

  /// Null for files: there the lookups' own times count.
  private final @Nullable AdviseStatus status;

  private long startNs;

  /// @param onFailure called once, when a write has failed
  /// @param lists search lists that are known besides what the names asked show
  AdviseOutput(
      AdviseOptions.Parsed options,
      RowStream stream,
      Runnable onFailure,
      SearchLists lists,
      Source source) {
    this.options = options;
    this.output =
        new ReportOutput(options.format(), stream, source.isFile() ? FILE_HINT : LIVE_HINT);
    this.onFailure = onFailure;
    this.advisor = new Advisor(AllRules.create(lists, options.evidence()), lists);
    this.status = source.isFile() ? null : new AdviseStatus(source.leavesStdout());
  }

  @Override
  public void begin() {
    startNs = nowNs();
    if (status != null) {
      status.begin();
    }
  }

  @Override
  public void accept(Row row) {
    advisor.onRow(row, System.nanoTime());
  }

  @Override
  public void reportLoss(long count, String why) {
    Console.print("lost " + count + " samples: " + why + ".");
  }

  @Override
  public void onBatchEnd(boolean drained) {
    advisor.tick(System.nanoTime());
    if (status != null) {
      status.update(advisor, options.wanted());
    }
  }

  @Override
  public void finish(@Nullable Long received, long lost) {
    advisor.finish();
    if (status != null) {
      status.clear();
    }
    Window window = advisor.window().withLost(lost);
    List<Finding> findings = advisor.findings(options.wanted());
    Report report =
        new Report(status == null ? window : window.withTime(startNs, nowNs()), findings);
    if (!output.write(report)) {
      onFailure.run();
    }
  }

  private static long nowNs() {
    return System.currentTimeMillis() * 1_000_000;
  }

  /// The severity of the worst finding; null if there is none.
  @Nullable Severity worst() {
    return output.worst();
  }

  /// Never: the report is written at the end alone, and its reader may take its time.
  @Override
  public boolean isBlocked() {
    return false;
  }

  @Override
  public boolean isReaderGone() {
    return output.isReaderGone();
  }

  @Override
  public void throwIfFailed() {
    output.throwIfFailed();
  }
}

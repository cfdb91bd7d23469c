package dev.jig.cli;

import dev.jig.advise.Advisor;
import dev.jig.advise.Counted;
import dev.jig.advise.FindingId;
import dev.jig.os.Terminal;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The line on a terminal's stderr that counts seconds, lookups and findings while `advise` runs.
final class AdviseStatus {
  private static final int STDERR = 2;
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

  /// Rules look at all subjects to say what they have found: that may take this share of the time
  /// of the thread that traces, 1 of 100.
  private static final int COUNT_SHARE = 100;

  private static final long MIN_COUNT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

  private static final String ERASE_LINE = "\r\u001b[K";

  private final boolean shown;
  private long startNs;
  private long shownNs;
  private long countDueNs;
  private int findings;

  /// @param isWanted false where a command writes to the terminal, too
  AdviseStatus(boolean isWanted) {
    shown = isWanted && Terminal.isTerminal(STDERR);
  }

  void begin() {
    startNs = System.nanoTime();
    shownNs = startNs;
    countDueNs = startNs;
  }

  /// Shows the counts, at most once a second.
  void update(Advisor advisor, Set<FindingId> wanted) {
    long nowNs = System.nanoTime();
    if (!shown || nowNs - shownNs < INTERVAL_NS) {
      return;
    }
    shownNs = nowNs;
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nowNs - startNs);
    if (nowNs - countDueNs >= 0) {
      findings = advisor.findings(wanted).size();
      long tookNs = System.nanoTime() - nowNs;
      countDueNs = nowNs + Math.max(MIN_COUNT_INTERVAL_NS, COUNT_SHARE * tookNs);
    }
    show(seconds, advisor.lookups(), findings);
  }

  /// Shows the counts of several nodes, at most once a second.
  void update(long lookups, int found) {
    long nowNs = System.nanoTime();
    if (shown && nowNs - shownNs >= INTERVAL_NS) {
      shownNs = nowNs;
      show(TimeUnit.NANOSECONDS.toSeconds(nowNs - startNs), lookups, found);
    }
  }

  private static void show(long seconds, long lookups, int found) {
    Console.printStatus(
        ERASE_LINE
            + "%s s · %s · %s so far · Ctrl-C ends and reports"
                .formatted(
                    Counted.number(seconds),
                    Counted.of(lookups, "lookup", "lookups"),
                    Counted.of(found, "finding", "findings")));
  }

  /// Removes the line.
  void clear() {
    if (shown) {
      Console.printStatus(ERASE_LINE);
    }
  }
}

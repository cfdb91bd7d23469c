package dev.jig.kube;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What is known of one node's streams so far, and what is missing of them. Any thread.
final class NodeCondition {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  /// Whether a gadget reports at the end of a stream.
  private final boolean reports;

  private final AtomicLong lost = new AtomicLong();
  private volatile long lastEventsMs = System.currentTimeMillis();
  private volatile boolean startedOnce;

  /// Why the stream does not run; null while it does.
  private volatile @Nullable String failure;

  /// What no reconnect can bring back; null: nothing is missing.
  private volatile @Nullable String gap;

  /// The agent has sent all of the last stream.
  private volatile boolean ended;

  private volatile boolean incompatible;

  NodeCondition(boolean reports) {
    this.reports = reports;
  }

  /// A stream runs, a new one or a resumed one.
  void onRunning() {
    failure = null;
    startedOnce = true;
  }

  /// The agent knows nothing of the stream before: it was restarted. One that was stopped has
  /// reported before.
  ///
  /// @return what is missing
  String onRestarted() {
    String now = TIME.format(Instant.now());
    String missing =
        reports && !ended
            ? "what it saw before " + now + " is missing, its agent was restarted"
            : "events from "
                + TIME.format(Instant.ofEpochMilli(lastEventsMs))
                + " to "
                + now
                + " are unknown, its agent was restarted";
    gap = missing;
    ended = false;
    return missing;
  }

  /// All up to now has arrived.
  void onEvents() {
    lastEventsMs = System.currentTimeMillis();
  }

  void onEnded() {
    ended = true;
  }

  void onFailed(String reason) {
    failure = reason;
  }

  void onLost(long events) {
    lost.addAndGet(events);
  }

  void onDamaged(String cause) {
    gap = "its agent sent a damaged report: " + cause;
  }

  /// The agent sends rows in place of reports: it is of a version without this gadget.
  ///
  /// @return what is missing
  String onIncompatible() {
    String missing = "its agent is of another version, which cannot do this";
    gap = missing;
    incompatible = true;
    return missing;
  }

  /// Whether a stream was ever started.
  boolean hasStarted() {
    return startedOnce;
  }

  /// Whether no connection is wanted any more. After Stop, a stream of rows is not resumed; a
  /// gadget's reports are worth it.
  boolean isFinished(boolean stopping) {
    return incompatible || stopping && (!reports || ended || !startedOnce);
  }

  ClusterTrace.NodeSummary summary(String node) {
    String missing = gap;
    if (!startedOnce) {
      missing = "it was not watched: " + (failure == null ? "its agent did not start" : failure);
    } else if (!ended && failure != null) {
      missing = failure + ", so that something may be missing";
    } else if (!ended && reports && !incompatible) {
      missing = "its agent did not report in time";
    }
    return new ClusterTrace.NodeSummary(node, startedOnce, lost.get(), missing);
  }
}

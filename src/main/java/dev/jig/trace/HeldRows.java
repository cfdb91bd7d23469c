package dev.jig.trace;

import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.RowSize;
import dev.jig.event.Subject;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds rows until their container's name is known, in order per cgroup; other cgroups' rows do
/// not wait for them. Bounded in time, number and bytes.
final class HeldRows {
  /// The longest wait for a name that is only shown. Podman's events were seen up to 210 ms late.
  static final long MAX_WAIT_NS = 500_000_000;

  /// The longest wait for a name that the selection needs, and while runtimes are being listed for
  /// the first time.
  static final long MAX_REQUIRED_WAIT_NS = 5_000_000_000L;

  static final int MAX_ROWS = 10_000;

  /// Bound of the rows' heap size.
  static final int MAX_BYTES = 16 << 20;

  /// Takes the rows that are released, per cgroup in their order.
  interface ReleaseHandler {
    /// A row is released.
    ///
    /// @param row with its container as known now
    void onReleased(Row row, Decision decision);
  }

  private static final class CgroupQueue {
    final List<Row> rows = new ArrayList<>();
    final long sinceNs;

    CgroupQueue(long sinceNs) {
      this.sinceNs = sinceNs;
    }
  }

  private final Map<Long, CgroupQueue> byCgroup = new LinkedHashMap<>();
  private final Scope scope;
  private final ReleaseHandler releaseHandler;
  private int size;
  private int bytes;

  HeldRows(Scope scope, ReleaseHandler releaseHandler) {
    this.scope = scope;
    this.releaseHandler = releaseHandler;
  }

  int size() {
    return size;
  }

  boolean isHolding(long cgroupId) {
    return size > 0 && byCgroup.containsKey(cgroupId);
  }

  /// Decides on a row that comes from no packet; null if the row is held for its container's name.
  @Nullable Verdict decideOrHold(long cgroupId, Row row, long nowNs) {
    Container known = row.subject().container();
    Verdict verdict = scope.decide(cgroupId, row.subject().owner());
    if (verdict.decision() == Decision.HOLD || isHolding(cgroupId)) {
      hold(cgroupId, row, nowNs);
      return null;
    }
    // A container that was named when its query came may have ended and been evicted since.
    return known != null && known.name() != null ? new Verdict(Decision.PASS, known) : verdict;
  }

  /// Holds a row; beyond a bound the cgroup that has waited longest is released.
  void hold(long cgroupId, Row row, long nowNs) {
    if (size >= MAX_ROWS || bytes >= MAX_BYTES) {
      evictOldest();
    }
    byCgroup.computeIfAbsent(cgroupId, id -> new CgroupQueue(nowNs)).rows.add(row);
    size++;
    bytes += RowSize.of(row);
  }

  /// Gives the row of a query its cause, if it is held.
  ///
  /// @param arrival the row as it was matched, without the message's bytes
  void setCause(long cgroupId, Query arrival, Cause cause) {
    CgroupQueue queue = size == 0 ? null : byCgroup.get(cgroupId);
    if (queue == null) {
      return;
    }
    for (int i = queue.rows.size() - 1; i >= 0; i--) {
      if (queue.rows.get(i) instanceof Query query && isSame(query, arrival)) {
        queue.rows.set(i, query.withCause(cause));
        return;
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // a copy with the message's bytes shares the flow
  private static boolean isSame(Query copy, Query arrival) {
    return copy.timestampNs() == arrival.timestampNs()
        && copy.flow() == arrival.flow()
        && copy.dns().id() == arrival.dns().id();
  }

  /// Releases the cgroups that are decided by now or have waited long enough.
  void releaseDue(long nowNs) {
    if (size == 0) {
      return;
    }
    List<Long> due = new ArrayList<>();
    byCgroup.forEach((cgroupId, queue) -> {
      Row first = queue.rows.getFirst();
      if (scope.decide(cgroupId, first.subject().owner()).decision() != Decision.HOLD
          || isWaitOver(cgroupId, first, nowNs - queue.sinceNs)) {
        due.add(cgroupId);
      }
    });
    due.forEach(this::release);
  }

  private boolean isWaitOver(long cgroupId, Row first, long waitedNs) {
    if (waitedNs < MAX_WAIT_NS) {
      return false;
    }
    boolean needed =
        scope.isInitializing()
            || scope.decideNow(cgroupId, first.subject().owner()).decision()
                == Decision.NAME_UNKNOWN;
    return !needed || waitedNs >= MAX_REQUIRED_WAIT_NS;
  }

  /// Releases everything.
  void releaseAll() {
    List.copyOf(byCgroup.keySet()).forEach(this::release);
  }

  /// Approximate heap size of the rows.
  long heapBytes() {
    return bytes;
  }

  /// Releases the cgroup that has waited longest; does nothing if no row is held.
  void evictOldest() {
    if (size > 0) {
      release(byCgroup.keySet().iterator().next());
    }
  }

  private void release(Long cgroupId) {
    CgroupQueue queue = byCgroup.remove(cgroupId);
    if (queue != null) {
      size -= queue.rows.size();
      bytes -= queue.rows.stream().mapToInt(RowSize::of).sum();
      queue.rows.forEach(row -> release(cgroupId, row));
    }
  }

  private void release(long cgroupId, Row row) {
    Subject subject = row.subject();
    Verdict verdict = scope.decide(cgroupId, subject.owner());
    if (verdict.decision() == Decision.HOLD) {
      verdict = scope.decideNow(cgroupId, subject.owner());
    }
    releaseHandler.onReleased(
        row.withSubject(subject.withContainer(verdict.container())), verdict.decision());
  }
}

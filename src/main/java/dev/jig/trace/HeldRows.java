package dev.jig.trace;

import dev.jig.event.DnsEvent;
import dev.jig.event.WireMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Events that wait a moment for their container's name, in order per cgroup; others don't wait for
/// them. Bounded in time and number.
final class HeldRows {
  /// For a name that is only shown. Podman's events were seen to come 210 ms late.
  static final long MAX_WAIT_NS = 500_000_000;

  /// For a name without which an event would be left out, and while runtimes are being listed for
  /// the first time, which on a busy machine takes a while.
  static final long MAX_REQUIRED_WAIT_NS = 5_000_000_000L;

  static final int MAX_ROWS = 10_000;

  /// Of the messages that rows carry.
  static final int MAX_BYTES = 16 << 20;

  /// Takes an event whose waiting is over, in the order they came.
  interface ReleaseHandler {
    void onRelease(long cgroupId, DnsEvent event);
  }

  private static final class CgroupQueue {
    final List<DnsEvent> rows = new ArrayList<>();
    final long sinceNs;

    CgroupQueue(long sinceNs) {
      this.sinceNs = sinceNs;
    }
  }

  private final Map<Long, CgroupQueue> byCgroup = new LinkedHashMap<>();
  private final ReleaseHandler release;
  private int size;
  private int bytes;

  HeldRows(ReleaseHandler release) {
    this.release = release;
  }

  int size() {
    return size;
  }

  boolean isHolding(long cgroupId) {
    return size > 0 && byCgroup.containsKey(cgroupId);
  }

  /// Holds an event; when there are too many, the cgroup that has waited longest goes on.
  void hold(long cgroupId, DnsEvent event, long nowNs) {
    if (size >= MAX_ROWS || bytes >= MAX_BYTES) {
      release(byCgroup.keySet().iterator().next());
    }
    byCgroup.computeIfAbsent(cgroupId, id -> new CgroupQueue(nowNs)).rows.add(event);
    size++;
    bytes += bytes(event);
  }

  /// Lets go those whose time is over, and those whose name may have come.
  void releaseDue(long nowNs, Scope scope) {
    List<Long> due = new ArrayList<>();
    byCgroup.forEach((cgroupId, line) -> {
      DnsEvent first = line.rows.getFirst();
      if (scope.decide(cgroupId, first.owner()).decision() != Scope.Decision.HOLD
          || isWaitOver(cgroupId, first, nowNs - line.sinceNs, scope)) {
        due.add(cgroupId);
      }
    });
    due.forEach(this::release);
  }

  private static boolean isWaitOver(long cgroupId, DnsEvent first, long waitedNs, Scope scope) {
    if (waitedNs < MAX_WAIT_NS) {
      return false;
    }
    boolean needed =
        scope.isInitializing()
            || scope.decideNow(cgroupId, first.owner()).decision()
                == Scope.Decision.NAME_UNKNOWN;
    return !needed || waitedNs >= MAX_REQUIRED_WAIT_NS;
  }

  /// Lets everything go: the end.
  void releaseAll() {
    List.copyOf(byCgroup.keySet()).forEach(this::release);
  }

  private static int bytes(DnsEvent event) {
    WireMessage message = event.message();
    return message == null ? 0 : message.length();
  }

  private void release(Long cgroupId) {
    CgroupQueue line = byCgroup.remove(cgroupId);
    if (line != null) {
      size -= line.rows.size();
      bytes -= line.rows.stream().mapToInt(HeldRows::bytes).sum();
      line.rows.forEach(event -> release.onRelease(cgroupId, event));
    }
  }
}

package dev.jig.trace;

import dev.jig.event.DnsEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Events that wait a moment for their container's name, in order per cgroup; others don't wait for
/// them. Bounded in time and number.
final class HeldEvents {
  static final long MAX_WAIT_NS = 250_000_000;

  /// While runtimes are asked for the first time they may take longer, once.
  static final long MAX_WAIT_AT_START_NS = 2_000_000_000;

  static final int MAX_EVENTS = 10_000;

  /// Takes an event whose waiting is over, in the order they came.
  interface Release {
    void release(long cgroupId, DnsEvent event);
  }

  private static final class Line {
    final List<DnsEvent> events = new ArrayList<>();
    final long deadlineNs;

    Line(long deadlineNs) {
      this.deadlineNs = deadlineNs;
    }
  }

  private final Map<Long, Line> byCgroup = new LinkedHashMap<>();
  private final Release release;
  private int size;

  HeldEvents(Release release) {
    this.release = release;
  }

  int size() {
    return size;
  }

  boolean holds(long cgroupId) {
    return size > 0 && byCgroup.containsKey(cgroupId);
  }

  /// Holds an event; when there are too many, the cgroup that has waited longest goes on.
  void hold(long cgroupId, DnsEvent event, long nowNs) {
    if (size >= MAX_EVENTS) {
      release(byCgroup.keySet().iterator().next());
    }
    byCgroup.computeIfAbsent(cgroupId, id -> new Line(nowNs + MAX_WAIT_NS)).events.add(event);
    size++;
  }

  /// Lets go those whose time is over, and those whose name may have come.
  void review(long nowNs, Scope scope) {
    List<Long> due = new ArrayList<>();
    long graceNs = scope.isStarting() ? MAX_WAIT_AT_START_NS - MAX_WAIT_NS : 0;
    byCgroup.forEach((cgroupId, line) -> {
      if (line.deadlineNs + graceNs <= nowNs
          || scope.of(cgroupId).decision() != Scope.Decision.HOLD) {
        due.add(cgroupId);
      }
    });
    due.forEach(this::release);
  }

  /// Lets everything go: the end.
  void releaseAll() {
    List.copyOf(byCgroup.keySet()).forEach(this::release);
  }

  private void release(Long cgroupId) {
    Line line = byCgroup.remove(cgroupId);
    if (line != null) {
      size -= line.events.size();
      line.events.forEach(event -> release.release(cgroupId, event));
    }
  }
}

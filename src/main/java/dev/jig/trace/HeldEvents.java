package dev.jig.trace;

import dev.jig.event.DnsEvent;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;

/// Events that wait a moment for their container's name, in order per cgroup; others don't wait for
/// them. Bounded in time and number.
final class HeldEvents {
  static final long MAX_WAIT_NS = 250_000_000;
  static final int MAX_EVENTS = 10_000;

  /// Takes an event whose waiting is over.
  interface Release {
    /// An event, now with what is known of its container.
    ///
    /// @param timedOut no name came in time
    void release(long cgroupId, DnsEvent event, boolean timedOut);
  }

  private static final class Line {
    final Queue<DnsEvent> events = new ArrayDeque<>();
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
      long oldest = byCgroup.keySet().iterator().next();
      releaseAll(oldest, true);
    }
    byCgroup.computeIfAbsent(cgroupId, id -> new Line(nowNs + MAX_WAIT_NS)).events.add(event);
    size++;
  }

  /// Lets go the events of one cgroup.
  void releaseAll(long cgroupId, boolean timedOut) {
    Line line = byCgroup.remove(cgroupId);
    if (line != null) {
      release(cgroupId, line, timedOut);
    }
  }

  /// Lets go those whose time is over, and those whose name may have come.
  void review(long nowNs, Scope scope) {
    Iterator<Map.Entry<Long, Line>> lines = byCgroup.entrySet().iterator();
    Map<Long, Line> due = new LinkedHashMap<>();
    while (lines.hasNext()) {
      Map.Entry<Long, Line> line = lines.next();
      boolean named = scope.of(line.getKey()).decision() != Scope.Decision.HOLD;
      if (named || line.getValue().deadlineNs <= nowNs) {
        due.put(line.getKey(), line.getValue());
        lines.remove();
      }
    }
    due.forEach((cgroupId, line) -> release(cgroupId, line, line.deadlineNs <= nowNs));
  }

  /// Lets everything go: the end.
  void releaseAll() {
    for (Long cgroupId : byCgroup.keySet().toArray(Long[]::new)) {
      releaseAll(cgroupId, true);
    }
  }

  private void release(long cgroupId, Line line, boolean timedOut) {
    for (DnsEvent event : line.events) {
      size--;
      release.release(cgroupId, event, timedOut);
    }
  }
}

package dev.jig.container.cri;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeEvent;
import dev.jig.event.Container;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The containers of a runtime whose events tell ids alone: joins what events say of a life with
/// what the daemon answered when asked for the rest. An answer asked before an event is stale as to
/// whether the container runs. One thread's own.
final class LifecycleTracker {
  private static final int MAX_REMOVED = 10_000;

  /// @param running false for a sandbox too: it is known, and not listed
  record Inspection(Container container, boolean running) {}

  private static final class Tracked {
    @Nullable Container container;
    boolean running;
    long lastEvent;
  }

  private final Consumer<RuntimeEvent> events;
  private final Map<String, Tracked> tracked = new HashMap<>();

  /// Ended ones, and whether their names were told.
  private final Map<String, Boolean> removed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MAX_REMOVED;
        }
      };

  private long eventCount;

  LifecycleTracker(Consumer<RuntimeEvent> news) {
    this.events = news;
  }

  /// How many events there were: to be noted when asking.
  long eventCount() {
    return eventCount;
  }

  boolean isInspected(String id) {
    Tracked member = tracked.get(id);
    return member != null && member.container != null;
  }

  /// Whether it runs, as far as events told.
  boolean isRunning(String id) {
    Tracked member = tracked.get(id);
    return member != null && member.running;
  }

  /// It exists; who it is will be answered.
  void onCreated(String id) {
    tracked.computeIfAbsent(id, _ -> new Tracked()).lastEvent = ++eventCount;
    removed.remove(id);
  }

  void onStarted(String id, Instant at) {
    onTransition(id, true, Transition.STARTED, at);
  }

  void onStopped(String id, Instant at) {
    onTransition(id, false, Transition.STOPPED, at);
  }

  private void onTransition(String id, boolean running, Transition life, Instant at) {
    Tracked member = tracked.computeIfAbsent(id, _ -> new Tracked());
    member.lastEvent = ++eventCount;
    member.running = running;
    if (member.container != null && !isSandbox(member.container)) {
      events.accept(new RuntimeEvent.Lifecycle(member.container, life, at));
    }
  }

  void onRemoved(String id, Instant at) {
    Tracked member = tracked.remove(id);
    eventCount++;
    Container container = member == null ? null : member.container;
    removed.put(id, container != null);
    if (container != null) {
      events.accept(new RuntimeEvent.Lifecycle(container, Transition.REMOVED, at));
    }
  }

  /// The daemon has described a container.
  ///
  /// @param asked the [#eventCount()] when it was asked
  void onInspected(Inspection answer, long asked) {
    Container container = answer.container();
    Boolean told = removed.get(container.id());
    if (told != null) {
      emitLate(container, told);
      return;
    }
    Tracked member = tracked.computeIfAbsent(container.id(), _ -> new Tracked());
    member.container = container;
    if (member.lastEvent <= asked) {
      member.running = answer.running();
    }
    events.accept(new RuntimeEvent.Inspected(container, member.running && !isSandbox(container)));
  }

  /// Removed before the answer came: its name is still of use for its last packets.
  private void emitLate(Container container, boolean told) {
    if (!told) {
      removed.put(container.id(), true);
      Instant now = Instant.now();
      events.accept(new RuntimeEvent.Lifecycle(container, Transition.CREATED, now));
      events.accept(new RuntimeEvent.Lifecycle(container, Transition.REMOVED, now));
    }
  }

  /// The daemon has listed all containers it has.
  ///
  /// @param asked the [#eventCount()] when it was asked
  void onListed(List<Inspection> all, long asked) {
    Map<String, Inspection> byId = new HashMap<>();
    all.forEach(one -> byId.put(one.container().id(), one));
    tracked
        .entrySet()
        .removeIf(e -> !byId.containsKey(e.getKey()) && e.getValue().lastEvent <= asked);
    byId.values().forEach(one -> onInspected(one, asked));
    events.accept(new RuntimeEvent.Listed(Set.copyOf(tracked.keySet())));
  }

  private static boolean isSandbox(Container container) {
    return container.name() == null;
  }
}

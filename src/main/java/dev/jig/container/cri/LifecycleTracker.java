package dev.jig.container.cri;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.event.Container;
import dev.jig.table.Lru;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tracks the containers of a runtime that puts only ids into its events: joins events with
/// inspections to [RuntimeEvent]s. Where an inspection was requested before a container's last
/// event, the event decides whether it runs. For one thread.
final class LifecycleTracker {
  private static final int MAX_REMOVED = 10_000;

  /// What the runtime has about a container.
  ///
  /// @param running ignored for a sandbox, which never counts as running
  record Inspection(Container container, boolean running) {}

  private static final class Tracked {
    @Nullable Container container;
    boolean running;
    long lastEventAt; // the eventCount then
  }

  private final Consumer<RuntimeEvent> events;
  private final Map<String, Tracked> tracked = new HashMap<>();

  /// Ids of removed containers, and whether their names were emitted.
  private final Lru<String, Boolean> removed = new Lru<>(MAX_REMOVED);

  private long eventCount;

  LifecycleTracker(Consumer<RuntimeEvent> events) {
    this.events = events;
  }

  /// The number of events so far, which serves as the time of a request.
  long eventCount() {
    return eventCount;
  }

  boolean isInspected(String id) {
    Tracked state = tracked.get(id);
    return state != null && state.container != null;
  }

  /// Whether it runs according to its events.
  boolean isRunning(String id) {
    Tracked state = tracked.get(id);
    return state != null && state.running;
  }

  /// A container was created; its name comes with an inspection.
  void onCreated(String id) {
    tracked.computeIfAbsent(id, _ -> new Tracked()).lastEventAt = ++eventCount;
    removed.remove(id);
  }

  void onStarted(String id, Instant at) {
    onTransition(id, true, Transition.STARTED, at);
  }

  void onStopped(String id, Instant at) {
    onTransition(id, false, Transition.STOPPED, at);
  }

  private void onTransition(String id, boolean running, Transition transition, Instant at) {
    Tracked state = tracked.computeIfAbsent(id, _ -> new Tracked());
    state.lastEventAt = ++eventCount;
    state.running = running;
    if (state.container != null && !isSandbox(state.container)) {
      events.accept(new RuntimeEvent.Lifecycle(state.container, transition, at));
    }
  }

  void onRemoved(String id, Instant at) {
    Tracked state = tracked.remove(id);
    eventCount++;
    Container container = state == null ? null : state.container;
    removed.put(id, container != null);
    if (container != null) {
      events.accept(new RuntimeEvent.Lifecycle(container, Transition.REMOVED, at));
    }
  }

  /// A container was inspected.
  ///
  /// @param requestedAt the [#eventCount()] when the inspection was requested
  void onInspected(Inspection inspection, long requestedAt) {
    Container container = inspection.container();
    Boolean emitted = removed.get(container.id());
    if (emitted != null) {
      emitLate(container, emitted);
      return;
    }
    Tracked state = tracked.computeIfAbsent(container.id(), _ -> new Tracked());
    state.container = container;
    if (state.lastEventAt <= requestedAt) {
      state.running = inspection.running();
    }
    events.accept(new RuntimeEvent.Inspected(container, state.running && !isSandbox(container)));
  }

  /// The container was removed before the inspection: its last packets still need its name.
  private void emitLate(Container container, boolean emitted) {
    if (!emitted) {
      removed.put(container.id(), true);
      Instant now = Instant.now();
      events.accept(new RuntimeEvent.Lifecycle(container, Transition.CREATED, now));
      events.accept(new RuntimeEvent.Lifecycle(container, Transition.REMOVED, now));
    }
  }

  /// All containers were listed.
  ///
  /// @param requestedAt the [#eventCount()] when the listing was requested
  void onListed(List<Inspection> all, long requestedAt) {
    Map<String, Inspection> byId = new HashMap<>();
    all.forEach(one -> byId.put(one.container().id(), one));
    tracked
        .entrySet()
        .removeIf(e -> !byId.containsKey(e.getKey()) && e.getValue().lastEventAt <= requestedAt);
    byId.values().forEach(one -> onInspected(one, requestedAt));
    events.accept(new RuntimeEvent.Listed(Set.copyOf(tracked.keySet())));
  }

  private static boolean isSandbox(Container container) {
    return container.name() == null;
  }
}

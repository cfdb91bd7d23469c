package dev.jig.container;

import dev.jig.event.Container;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The containers that runtimes reported, by id. One writer at a time (the caller's lock); any
/// thread may read: every value is immutable.
///
/// A removed container is kept for its last packets: the last 1,000 always, up to 10,000 for 60 s.
final class Registry {
  private static final int MIN_REMOVED = 1_000;
  private static final int MAX_REMOVED = 10_000;
  private static final long REMOVED_NS = 60_000_000_000L;

  /// A container as its runtime last reported it.
  ///
  /// @param source the runtime that reported it
  /// @param named its resolution, created once so that resolving does not allocate
  /// @param removed whether the runtime removed it: another container may get its id
  record ContainerState(
      ContainerRuntime source, Resolution.Named named, boolean running, boolean removed) {

    ContainerState(ContainerRuntime runtime, Container container, boolean running) {
      this(runtime, new Resolution.Named(container), running, false);
    }

    Container container() {
      return named.container();
    }

    /// Whether an event of `runtime` is about this container, not about a later one of the same id.
    boolean isSameContainer(ContainerRuntime runtime) {
      return source.equals(runtime) && !removed;
    }
  }

  private final LongSupplier clockNs;
  private final Consumer<String> onEvicted;
  private final Map<String, ContainerState> byId = new ConcurrentHashMap<>();
  private final Map<String, Long> removedNs = new LinkedHashMap<>();

  /// @param onEvicted receives the id of each evicted container
  Registry(LongSupplier clockNs, Consumer<String> onEvicted) {
    this.clockNs = clockNs;
    this.onEvicted = onEvicted;
  }

  @Nullable ContainerState get(String id) {
    return byId.get(id);
  }

  void put(ContainerState state) {
    removedNs.remove(state.container().id());
    byId.put(state.container().id(), state);
  }

  /// Marks a container as removed, and evicts old ones.
  void remove(String id) {
    ContainerState state = byId.get(id);
    if (state == null) {
      return;
    }
    long now = clockNs.getAsLong();
    byId.put(id, new ContainerState(state.source(), state.named(), false, true));
    removedNs.putIfAbsent(id, now);
    Iterator<Map.Entry<String, Long>> oldest = removedNs.entrySet().iterator();
    while (removedNs.size() > MIN_REMOVED && oldest.hasNext()) {
      Map.Entry<String, Long> next = oldest.next();
      if (now - next.getValue() < REMOVED_NS && removedNs.size() <= MAX_REMOVED) {
        return;
      }
      byId.remove(next.getKey());
      onEvicted.accept(next.getKey());
      oldest.remove();
    }
  }

  /// The ids of containers of `runtime` that are neither removed nor in `listed`.
  List<String> missingFrom(ContainerRuntime runtime, Set<String> listed) {
    return byId.entrySet().stream()
        .filter(e -> e.getValue().source().equals(runtime) && !e.getValue().removed())
        .map(Map.Entry::getKey)
        .filter(id -> !listed.contains(id))
        .toList();
  }

  List<Container> running() {
    return byId.values().stream()
        .filter(ContainerState::running)
        .map(ContainerState::container)
        .toList();
  }

  int runningCount() {
    return (int) byId.values().stream().filter(ContainerState::running).count();
  }
}

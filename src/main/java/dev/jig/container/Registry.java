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

  /// @param source who told
  /// @param named the answer for its packets, made once so that lookups need not allocate
  /// @param removed the runtime has let go of it: its id may come again as another container
  record ContainerState(ContainerRuntime source, Resolution.Named named, boolean running, boolean removed) {

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

  /// @param onEvicted told of each id that is remembered no longer
  Registry(LongSupplier clockNs, Consumer<String> forgotten) {
    this.clockNs = clockNs;
    this.onEvicted = forgotten;
  }

  @Nullable ContainerState get(String id) {
    return byId.get(id);
  }

  void put(ContainerState entry) {
    removedNs.remove(entry.container().id());
    byId.put(entry.container().id(), entry);
  }

  /// Marks a container as removed, and evicts old ones.
  void remove(String id) {
    ContainerState entry = byId.get(id);
    if (entry == null) {
      return;
    }
    long now = clockNs.getAsLong();
    byId.put(id, new ContainerState(entry.source(), entry.named(), false, true));
    removedNs.putIfAbsent(id, now);
    Iterator<Map.Entry<String, Long>> eldest = removedNs.entrySet().iterator();
    while (removedNs.size() > MIN_REMOVED && eldest.hasNext()) {
      Map.Entry<String, Long> next = eldest.next();
      if (now - next.getValue() < REMOVED_NS && removedNs.size() <= MAX_REMOVED) {
        return;
      }
      byId.remove(next.getKey());
      onEvicted.accept(next.getKey());
      eldest.remove();
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
    return byId.values().stream().filter(ContainerState::running).map(ContainerState::container).toList();
  }

  int runningCount() {
    return (int) byId.values().stream().filter(ContainerState::running).count();
  }
}

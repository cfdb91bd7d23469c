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

/// The containers that runtimes have told of, by id. One writer at a time (the caller's lock); any
/// thread may read: every value is immutable.
///
/// A removed container is remembered at least 60 s, since its last packets come after its end, but
/// never more than 10,000 of them.
final class Registry {
  private static final int REMOVED_AT_LEAST = 1_000;
  private static final int REMOVED_AT_MOST = 10_000;
  private static final long REMOVED_NS = 60_000_000_000L;

  /// @param runtime who told
  /// @param known the answer for its packets, made once so that lookups need not allocate
  /// @param removed the runtime has let go of it: its id may come again as another container
  record Entry(ContainerRuntime runtime, Lookup.Known known, boolean running, boolean removed) {

    Entry(ContainerRuntime runtime, Container container, boolean running) {
      this(runtime, new Lookup.Known(container), running, false);
    }

    Container container() {
      return known.container();
    }

    /// Whether it is the container that `teller` told of, and not one whose id came again.
    boolean isStill(ContainerRuntime teller) {
      return runtime.equals(teller) && !removed;
    }
  }

  private final LongSupplier clockNs;
  private final Consumer<String> forgotten;
  private final Map<String, Entry> byId = new ConcurrentHashMap<>();
  private final Map<String, Long> removedNs = new LinkedHashMap<>();

  /// @param forgotten told of each id that is remembered no longer
  Registry(LongSupplier clockNs, Consumer<String> forgotten) {
    this.clockNs = clockNs;
    this.forgotten = forgotten;
  }

  @Nullable Entry get(String id) {
    return byId.get(id);
  }

  void put(Entry entry) {
    removedNs.remove(entry.container().id());
    byId.put(entry.container().id(), entry);
  }

  /// The runtime has let go of it; its last packets may still come.
  void remove(String id) {
    Entry entry = byId.get(id);
    if (entry == null) {
      return;
    }
    long now = clockNs.getAsLong();
    byId.put(id, new Entry(entry.runtime(), entry.known(), false, true));
    removedNs.putIfAbsent(id, now);
    Iterator<Map.Entry<String, Long>> eldest = removedNs.entrySet().iterator();
    while (removedNs.size() > REMOVED_AT_LEAST && eldest.hasNext()) {
      Map.Entry<String, Long> next = eldest.next();
      if (now - next.getValue() < REMOVED_NS && removedNs.size() <= REMOVED_AT_MOST) {
        return;
      }
      byId.remove(next.getKey());
      forgotten.accept(next.getKey());
      eldest.remove();
    }
  }

  /// The ids that `runtime` told of, that are not removed and not in `listed`.
  List<String> goneFrom(ContainerRuntime runtime, Set<String> listed) {
    return byId.entrySet().stream()
        .filter(e -> e.getValue().runtime().equals(runtime) && !e.getValue().removed())
        .map(Map.Entry::getKey)
        .filter(id -> !listed.contains(id))
        .toList();
  }

  List<Container> running() {
    return byId.values().stream().filter(Entry::running).map(Entry::container).toList();
  }

  int runningCount() {
    return (int) byId.values().stream().filter(Entry::running).count();
  }
}

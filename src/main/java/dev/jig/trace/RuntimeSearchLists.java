package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.event.Container;
import dev.jig.event.SearchSource;
import dev.jig.event.Subject;
import dev.jig.names.ResolvConf;
import dev.jig.names.SearchList;
import dev.jig.names.SearchLists;
import dev.jig.table.Lru;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The search lists that container runtimes report, requested once for each container, and again
/// after a minute. Ring thread; the replies come on others.
public final class RuntimeSearchLists implements SearchLists {
  static final int MAX_CONTAINERS = 4_096;
  private static final long REREAD_NS = 60_000_000_000L;

  /// The state of one container.
  private static final class Entry {
    volatile @Nullable SearchList list;

    /// On the clock of [System#nanoTime].
    long dueNs = System.nanoTime();
  }

  private final Containers containers;
  private final Lru<String, Entry> byId = new Lru<>(MAX_CONTAINERS);

  public RuntimeSearchLists(Containers containers) {
    this.containers = containers;
  }

  @Override
  public @Nullable SearchList of(Subject subject) {
    Container container = subject.container();
    if (container == null || container.name() == null) {
      return null; // no runtime has reported it yet
    }
    Entry entry = byId.computeIfAbsent(container.id(), _ -> new Entry());
    long nowNs = System.nanoTime();
    if (nowNs - entry.dueNs >= 0) {
      entry.dueNs = nowNs + REREAD_NS;
      var _ = containers.resolvConf(container).thenAccept(lines -> set(entry, lines));
    }
    return entry.list;
  }

  private static void set(Entry entry, List<String> lines) {
    if (!lines.isEmpty()) {
      entry.list = ResolvConf.parse(lines, SearchSource.RUNTIME);
    }
  }
}

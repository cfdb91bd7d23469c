package dev.jig.names;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.event.SearchSource;
import dev.jig.event.Subject;
import dev.jig.table.Lru;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The search lists that walks have shown, the latest of each container; outside containers of each
/// mount namespace, and of each client address where the process is unknown.
final class LearnedLists {
  static final int MAX_SUBJECTS = 4_096;

  private record MountNamespace(@Nullable String node, long inode) {}

  private final Lru<Object, SearchList> bySubject = new Lru<>(MAX_SUBJECTS);

  /// @param client the address where the process is unknown
  @Nullable SearchList of(Subject subject, Object client) {
    return bySubject.get(keyOf(subject, client));
  }

  /// Takes the list of a walk that no known list explains. A walk that ended at a name that was
  /// found may show only the beginning of a list that is known already.
  void learn(Subject subject, Object client, Reading reading) {
    Object key = keyOf(subject, client);
    SearchList known = bySubject.get(key);
    List<String> suffixes = reading.suffixes();
    boolean isKnown =
        known != null
            && known.suffixes().size() >= suffixes.size()
            && known.suffixes().subList(0, suffixes.size()).equals(suffixes);
    if (!isKnown) {
      bySubject.put(key, new SearchList(suffixes, SearchList.NDOTS_UNKNOWN, SearchSource.LEARNED));
    }
  }

  private static Object keyOf(Subject subject, Object client) {
    Container container = subject.container();
    Owner owner = subject.owner();
    if (container != null) {
      return container.id();
    }
    return owner == null ? client : new MountNamespace(subject.node(), owner.mountNs());
  }
}

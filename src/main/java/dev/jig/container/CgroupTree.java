package dev.jig.container;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Which path each cgroup id had: from the kernel's births, and from walks over the mounted tree
/// for those older than the tracer. A cgroup's id is the inode number of its directory.
///
/// Living cgroups are all kept. Ended ones (a walk no longer meets them) are kept at least 60 s, so
/// that late records find them, but never more than 10,000: memory is bounded first.
final class CgroupTree {
  private static final int MIN_REMOVED = 1_000;
  private static final int MAX_REMOVED = 10_000;
  private static final long REMOVED_NS = 60_000_000_000L;

  /// Births between two walks, after which one is worth its cost to find out who ended.
  private static final int CREATED_PER_WALK = 4_096;

  /// Only reached where the tree cannot be walked, so that nobody is ever seen to end.
  private static final int MAX_LIVE = 100_000;

  /// What one cgroup's path says; the path itself is kept only where it says nothing.
  record Cgroup(CgroupPath path, String rawPath, long createdNs) {}

  private static final int MAX_ASSIGNED = 10_000;

  private record Removed(Cgroup cgroup, long removedNs) {}

  /// A directory on the way, with the path that it has below the root.
  private record Directory(Path directory, String path) {}

  private final Path root;
  private final LongSupplier clockNs;
  private final Map<Long, Cgroup> live = new LinkedHashMap<>();
  private final Map<Long, Removed> removed = new LinkedHashMap<>();
  private final Set<Long> wanted = new LinkedHashSet<>();
  private final Set<Long> notFound = new LinkedHashSet<>();
  private int createdSinceWalk;

  /// Containers whose ids their paths do not show, by path.
  private final Map<String, CgroupPath> assigned =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CgroupPath> eldest) {
          return size() > MAX_ASSIGNED;
        }
      };

  /// @param root where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount
  CgroupTree(Path root, LongSupplier clockNs) {
    this.root = root;
    this.clockNs = clockNs;
  }

  /// A cgroup was made; the kernel says so before any process is inside.
  synchronized void onCreated(long id, String path) {
    live.put(id, read(path, clockNs.getAsLong()));
    removed.remove(id);
    notFound.remove(id);
    wanted.remove(id);
    createdSinceWalk++;
    if (live.size() > MAX_LIVE) {
      long eldest = live.keySet().iterator().next();
      markRemoved(eldest);
      evictRemoved();
    }
  }

  /// A container whose id its path does not show is in the cgroup `path`, and in those below.
  /// Returns whether that was news.
  synchronized boolean assign(String path, RuntimeKind runtime, String container) {
    CgroupPath placed = new CgroupPath(List.of(new CgroupPath.Id(runtime, container, null)));
    if (placed.equals(assigned.put(path, placed))) {
      return false;
    }
    live.replaceAll((_, cgroup) -> cgroup.rawPath().isEmpty() ? cgroup : withAssigned(cgroup));
    return true;
  }

  private Cgroup read(String path, long bornNs) {
    CgroupPath said = CgroupPath.parse(path);
    return said.containers().isEmpty()
        ? withAssigned(new Cgroup(said, path, bornNs))
        : new Cgroup(said, "", bornNs);
  }

  private Cgroup withAssigned(Cgroup cgroup) {
    String path = cgroup.rawPath();
    for (int end = path.length();
        end > 0 && !assigned.isEmpty();
        end = path.lastIndexOf('/', end - 1)) {
      CgroupPath place = assigned.get(path.substring(0, end));
      if (place != null) {
        return new Cgroup(place, path, cgroup.createdNs());
      }
    }
    return cgroup;
  }

  /// What is known of `id`; null if nothing is, and then the next walk looks for it.
  synchronized @Nullable CgroupPath path(long id) {
    Cgroup cgroup = live.get(id);
    if (cgroup != null) {
      return cgroup.path();
    }
    Removed gone = removed.get(id);
    if (gone != null) {
      return gone.cgroup().path();
    }
    if (!notFound.contains(id)) {
      wanted.add(id);
    }
    return null;
  }

  /// The paths of all cgroups known to live.
  synchronized List<CgroupPath> livePaths() {
    return live.values().stream().map(Cgroup::path).toList();
  }

  /// Whether a walk has looked for `id` in vain.
  synchronized boolean isNotFound(long id) {
    return notFound.contains(id);
  }

  /// Whether a walk is worth its cost: somebody asked for an unknown id, or many were born.
  synchronized boolean needsWalk() {
    return !wanted.isEmpty() || createdSinceWalk > CREATED_PER_WALK;
  }

  /// Reads the whole tree once; takes about a millisecond per hundred cgroups.
  void walk() throws IOException {
    long startNs = clockNs.getAsLong();
    Set<Long> sought;
    synchronized (this) {
      sought = Set.copyOf(wanted);
    }
    Map<Long, String> met = new HashMap<>();
    try {
      visitAll(met);
    } finally {
      // Also after a failure: an id sought in vain must not be held, nor sought again, for ever.
      synchronized (this) {
        createdSinceWalk = 0;
        met.forEach((id, path) -> live.computeIfAbsent(id, _ -> read(path, startNs)));
        markNotFound(sought);
      }
    }
    synchronized (this) {
      markRemovedExcept(met.keySet(), startNs);
    }
  }

  private void markNotFound(Set<Long> sought) {
    for (long id : sought) {
      wanted.remove(id);
      if (!live.containsKey(id) && !removed.containsKey(id)) {
        notFound.add(id);
      }
    }
    evictOldest(notFound, MAX_REMOVED);
  }

  private void markRemovedExcept(Set<Long> met, long startNs) {
    // Copied, since end() changes the map; a birth during the walk may not have been met.
    for (Map.Entry<Long, Cgroup> entry : Map.copyOf(live).entrySet()) {
      if (!met.contains(entry.getKey()) && entry.getValue().createdNs() < startNs) {
        markRemoved(entry.getKey());
      }
    }
    evictRemoved();
  }

  private void markRemoved(long id) {
    Cgroup cgroup = live.remove(id);
    if (cgroup != null) {
      removed.put(id, new Removed(cgroup, clockNs.getAsLong()));
    }
  }

  private void evictRemoved() {
    long now = clockNs.getAsLong();
    Iterator<Removed> eldest = removed.values().iterator();
    while (removed.size() > MIN_REMOVED && eldest.hasNext()) {
      boolean old = now - eldest.next().removedNs() >= REMOVED_NS;
      if (!old && removed.size() <= MAX_REMOVED) {
        return;
      }
      eldest.remove();
    }
  }

  private static void evictOldest(Set<Long> ids, int most) {
    Iterator<Long> eldest = ids.iterator();
    while (ids.size() > most) {
      eldest.next();
      eldest.remove();
    }
  }

  private void visitAll(Map<Long, String> met) throws IOException {
    Deque<Directory> open = new ArrayDeque<>();
    Map<String, Object> top = Files.readAttributes(root, "unix:ino");
    met.put(number(top, "ino"), "/");
    open.push(new Directory(root, ""));
    while (!open.isEmpty()) {
      Directory next = open.pop();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(next.directory())) {
        for (Path entry : entries) {
          visit(entry, next.path(), met, open);
        }
      } catch (IOException | DirectoryIteratorException e) {
        if (next.directory().equals(root)) {
          throw new IOException("cgroups under " + root + " cannot be read: " + e, e);
        } // else it ended while we walked
      }
    }
  }

  private static void visit(
      Path entry, String parent, Map<Long, String> met, Deque<Directory> open) {
    Map<String, Object> attributes;
    try {
      attributes =
          Files.readAttributes(entry, "unix:ino,nlink,isDirectory", LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return; // ended while we walked
    }
    if (!Boolean.TRUE.equals(attributes.get("isDirectory"))) {
      return;
    }
    String path = parent + "/" + entry.getFileName();
    met.put(number(attributes, "ino"), path);
    // A directory with two links has no directories below: kernfs counts them, and most cgroups
    // are leaves with dozens of files that need no look.
    if (number(attributes, "nlink") != 2) {
      open.push(new Directory(entry, path));
    }
  }

  private static long number(Map<String, Object> attributes, String name) {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalStateException("file attribute unix:" + name + " is " + attributes.get(name));
  }
}

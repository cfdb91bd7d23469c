package dev.jig.container;

import dev.jig.table.Lru;
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

/// Maps cgroup ids to paths: the kernel reports new cgroups (tracepoint cgroup_mkdir), a walk over
/// the mounted tree finds older ones. A cgroup's id is the inode number of its directory.
///
/// Up to 100,000 live cgroups are kept. Removed ones, which a walk did not meet any more, are kept
/// for late packets: the last 1,000 always, up to 10,000 for 60 s.
final class CgroupTree {
  private static final int MIN_REMOVED = 1_000;
  private static final int MAX_REMOVED = 10_000;
  private static final long REMOVED_NS = 60_000_000_000L;

  /// After this many new cgroups a walk finds out which ones were removed.
  private static final int CREATED_PER_WALK = 4_096;

  /// Reached only if the tree cannot be walked, so that no removal is noticed.
  private static final int MAX_LIVE = 100_000;

  private static final int MAX_ASSIGNED = 10_000;

  /// A cgroup.
  ///
  /// @param rawPath the path as text, if it has no container id; else empty, to save memory
  record Cgroup(CgroupPath path, String rawPath, long createdNs) {}

  private record Removed(Cgroup cgroup, long removedNs) {}

  /// A directory to visit.
  ///
  /// @param path below the root
  private record Directory(Path directory, String path) {}

  private final Path root;
  private final LongSupplier clockNs;
  private final Map<Long, Cgroup> live = new LinkedHashMap<>();
  private final Map<Long, Removed> removed = new LinkedHashMap<>();
  private final Set<Long> wanted = new LinkedHashSet<>();
  private final Set<Long> notFound = new LinkedHashSet<>();
  private int createdSinceWalk;

  /// By cgroup path without a container id, the container that its runtime reported.
  private final Lru<String, CgroupPath> assigned = new Lru<>(MAX_ASSIGNED);

  /// @param root where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount
  CgroupTree(Path root, LongSupplier clockNs) {
    this.root = root;
    this.clockNs = clockNs;
  }

  /// The kernel created a cgroup; no process is in it yet.
  synchronized void onCreated(long id, String path) {
    live.put(id, parse(path, clockNs.getAsLong()));
    removed.remove(id);
    notFound.remove(id);
    wanted.remove(id);
    createdSinceWalk++;
    if (live.size() > MAX_LIVE) {
      long oldest = live.keySet().iterator().next();
      markRemoved(oldest);
      evictRemoved();
    }
  }

  /// Assigns a container to the cgroup `path`, which does not contain its id, and to those below.
  ///
  /// @return whether that changed anything
  synchronized boolean assign(String path, RuntimeKind runtime, String container) {
    CgroupPath parsed = new CgroupPath(List.of(new CgroupPath.Id(runtime, container, null)));
    if (parsed.equals(assigned.put(path, parsed))) {
      return false;
    }
    live.replaceAll((_, cgroup) -> cgroup.rawPath().isEmpty() ? cgroup : withAssigned(cgroup));
    return true;
  }

  private Cgroup parse(String path, long createdNs) {
    CgroupPath parsed = CgroupPath.parse(path);
    return parsed.containers().isEmpty()
        ? withAssigned(new Cgroup(parsed, path, createdNs))
        : new Cgroup(parsed, "", createdNs);
  }

  private Cgroup withAssigned(Cgroup cgroup) {
    String path = cgroup.rawPath();
    for (int end = path.length();
        end > 0 && !assigned.isEmpty();
        end = path.lastIndexOf('/', end - 1)) {
      CgroupPath container = assigned.get(path.substring(0, end));
      if (container != null) {
        return new Cgroup(container, path, cgroup.createdNs());
      }
    }
    return cgroup;
  }

  /// The path of a cgroup; null if unknown: then the next walk searches for it.
  synchronized @Nullable CgroupPath path(long id) {
    Cgroup cgroup = live.get(id);
    if (cgroup != null) {
      return cgroup.path();
    }
    Removed past = removed.get(id);
    if (past != null) {
      return past.cgroup().path();
    }
    if (!notFound.contains(id)) {
      wanted.add(id);
    }
    return null;
  }

  /// The paths of all live cgroups.
  synchronized List<CgroupPath> livePaths() {
    return live.values().stream().map(Cgroup::path).toList();
  }

  /// Whether a walk searched for `id` and did not find it.
  synchronized boolean isNotFound(long id) {
    return notFound.contains(id);
  }

  /// Whether an unknown id was requested, or many cgroups were created since the last walk.
  synchronized boolean needsWalk() {
    return !wanted.isEmpty() || createdSinceWalk > CREATED_PER_WALK;
  }

  /// Visits the whole tree; takes about 1 ms per 100 cgroups.
  void walk() throws IOException {
    long startNs = clockNs.getAsLong();
    Set<Long> searched;
    synchronized (this) {
      searched = Set.copyOf(wanted);
    }
    Map<Long, String> visited = new HashMap<>();
    try {
      visitAll(visited);
    } finally {
      // After a failure too, else ids that were not found would be searched for again and again.
      synchronized (this) {
        createdSinceWalk = 0;
        visited.forEach((id, path) -> live.computeIfAbsent(id, _ -> parse(path, startNs)));
        markNotFound(searched);
      }
    }
    synchronized (this) {
      markRemovedExcept(visited.keySet(), startNs);
    }
  }

  private void markNotFound(Set<Long> searched) {
    for (long id : searched) {
      wanted.remove(id);
      if (!live.containsKey(id) && !removed.containsKey(id)) {
        notFound.add(id);
      }
    }
    evictOldest(notFound, MAX_REMOVED);
  }

  private void markRemovedExcept(Set<Long> visited, long startNs) {
    // A copy, since markRemoved() changes the map. The walk may have missed cgroups created since.
    for (Map.Entry<Long, Cgroup> entry : Map.copyOf(live).entrySet()) {
      if (!visited.contains(entry.getKey()) && entry.getValue().createdNs() < startNs) {
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
    Iterator<Removed> oldest = removed.values().iterator();
    while (removed.size() > MIN_REMOVED && oldest.hasNext()) {
      boolean old = now - oldest.next().removedNs() >= REMOVED_NS;
      if (!old && removed.size() <= MAX_REMOVED) {
        return;
      }
      oldest.remove();
    }
  }

  private static void evictOldest(Set<Long> ids, int max) {
    Iterator<Long> oldest = ids.iterator();
    while (ids.size() > max) {
      oldest.next();
      oldest.remove();
    }
  }

  private void visitAll(Map<Long, String> visited) throws IOException {
    Deque<Directory> open = new ArrayDeque<>();
    Map<String, Object> top = Files.readAttributes(root, "unix:ino");
    visited.put(number(top, "ino"), "/");
    open.push(new Directory(root, ""));
    while (!open.isEmpty()) {
      Directory next = open.pop();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(next.directory())) {
        for (Path entry : entries) {
          visit(entry, next.path(), visited, open);
        }
      } catch (IOException | DirectoryIteratorException e) {
        if (next.directory().equals(root)) {
          throw new IOException("cgroups under " + root + " cannot be read: " + e, e);
        } // else it was removed during the walk
      }
    }
  }

  private static void visit(
      Path entry, String parent, Map<Long, String> visited, Deque<Directory> open) {
    Map<String, Object> attributes;
    try {
      attributes =
          Files.readAttributes(entry, "unix:ino,nlink,isDirectory", LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return; // removed during the walk
    }
    if (!Boolean.TRUE.equals(attributes.get("isDirectory"))) {
      return;
    }
    String path = parent + "/" + entry.getFileName();
    visited.put(number(attributes, "ino"), path);
    // kernfs counts links: a directory with 2 has no subdirectories, and need not be read. Most
    // cgroups are such leaves, with dozens of files.
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

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
  private static final int ENDED_AT_LEAST = 1_000;
  private static final int ENDED_AT_MOST = 10_000;
  private static final long ENDED_NS = 60_000_000_000L;

  /// Births between two walks, after which one is worth its cost to find out who ended.
  private static final int BIRTHS_PER_WALK = 4_096;

  /// Only reached where the tree cannot be walked, so that nobody is ever seen to end.
  private static final int LIVING_AT_MOST = 100_000;

  /// What one cgroup's path says; the path itself is kept only where it says nothing.
  record Cgroup(CgroupPath path, String unread, long bornNs) {}

  private static final int PLACES_AT_MOST = 10_000;

  private record Ended(Cgroup cgroup, long endedNs) {}

  /// A directory on the way, with the path that it has below the root.
  private record Directory(Path directory, String path) {}

  private final Path root;
  private final LongSupplier clockNs;
  private final Map<Long, Cgroup> living = new LinkedHashMap<>();
  private final Map<Long, Ended> ended = new LinkedHashMap<>();
  private final Set<Long> wanted = new LinkedHashSet<>();
  private final Set<Long> missing = new LinkedHashSet<>();
  private int birthsSinceWalk;

  /// Containers whose ids their paths do not show, by path.
  private final Map<String, CgroupPath> places =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CgroupPath> eldest) {
          return size() > PLACES_AT_MOST;
        }
      };

  /// @param root where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount
  CgroupTree(Path root, LongSupplier clockNs) {
    this.root = root;
    this.clockNs = clockNs;
  }

  /// A cgroup was made; the kernel says so before any process is inside.
  synchronized void born(long id, String path) {
    living.put(id, read(path, clockNs.getAsLong()));
    ended.remove(id);
    missing.remove(id);
    wanted.remove(id);
    birthsSinceWalk++;
    if (living.size() > LIVING_AT_MOST) {
      long eldest = living.keySet().iterator().next();
      end(eldest);
      forgetEnded();
    }
  }

  /// A container whose id its path does not show is in the cgroup `path`, and in those below.
  /// Returns whether that was news.
  synchronized boolean place(String path, String runtime, String container) {
    CgroupPath placed = new CgroupPath(List.of(new CgroupPath.Id(runtime, container, null)));
    if (placed.equals(places.put(path, placed))) {
      return false;
    }
    living.replaceAll((_, cgroup) -> cgroup.unread().isEmpty() ? cgroup : placed(cgroup));
    return true;
  }

  private Cgroup read(String path, long bornNs) {
    CgroupPath said = CgroupPath.of(path);
    return said.containers().isEmpty()
        ? placed(new Cgroup(said, path, bornNs))
        : new Cgroup(said, "", bornNs);
  }

  private Cgroup placed(Cgroup cgroup) {
    String path = cgroup.unread();
    for (int end = path.length();
        end > 0 && !places.isEmpty();
        end = path.lastIndexOf('/', end - 1)) {
      CgroupPath place = places.get(path.substring(0, end));
      if (place != null) {
        return new Cgroup(place, path, cgroup.bornNs());
      }
    }
    return cgroup;
  }

  /// What is known of `id`; null if nothing is, and then the next walk looks for it.
  synchronized @Nullable CgroupPath find(long id) {
    Cgroup cgroup = living.get(id);
    if (cgroup != null) {
      return cgroup.path();
    }
    Ended gone = ended.get(id);
    if (gone != null) {
      return gone.cgroup().path();
    }
    if (!missing.contains(id)) {
      wanted.add(id);
    }
    return null;
  }

  /// The paths of all cgroups known to live.
  synchronized List<CgroupPath> livingPaths() {
    return living.values().stream().map(Cgroup::path).toList();
  }

  /// Whether a walk has looked for `id` in vain.
  synchronized boolean isMissing(long id) {
    return missing.contains(id);
  }

  /// Whether a walk is worth its cost: somebody asked for an unknown id, or many were born.
  synchronized boolean needsWalk() {
    return !wanted.isEmpty() || birthsSinceWalk > BIRTHS_PER_WALK;
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
      meetAll(met);
    } finally {
      // Also after a failure: an id sought in vain must not be held, nor sought again, for ever.
      synchronized (this) {
        birthsSinceWalk = 0;
        met.forEach((id, path) -> living.computeIfAbsent(id, _ -> read(path, startNs)));
        settle(sought);
      }
    }
    synchronized (this) {
      endAllBut(met.keySet(), startNs);
    }
  }

  private void settle(Set<Long> sought) {
    for (long id : sought) {
      wanted.remove(id);
      if (!living.containsKey(id) && !ended.containsKey(id)) {
        missing.add(id);
      }
    }
    dropEldest(missing, ENDED_AT_MOST);
  }

  private void endAllBut(Set<Long> met, long startNs) {
    // Copied, since end() changes the map; a birth during the walk may not have been met.
    for (Map.Entry<Long, Cgroup> entry : Map.copyOf(living).entrySet()) {
      if (!met.contains(entry.getKey()) && entry.getValue().bornNs() < startNs) {
        end(entry.getKey());
      }
    }
    forgetEnded();
  }

  private void end(long id) {
    Cgroup cgroup = living.remove(id);
    if (cgroup != null) {
      ended.put(id, new Ended(cgroup, clockNs.getAsLong()));
    }
  }

  private void forgetEnded() {
    long now = clockNs.getAsLong();
    Iterator<Ended> eldest = ended.values().iterator();
    while (ended.size() > ENDED_AT_LEAST && eldest.hasNext()) {
      boolean old = now - eldest.next().endedNs() >= ENDED_NS;
      if (!old && ended.size() <= ENDED_AT_MOST) {
        return;
      }
      eldest.remove();
    }
  }

  private static void dropEldest(Set<Long> ids, int most) {
    Iterator<Long> eldest = ids.iterator();
    while (ids.size() > most) {
      eldest.next();
      eldest.remove();
    }
  }

  private void meetAll(Map<Long, String> met) throws IOException {
    Deque<Directory> open = new ArrayDeque<>();
    Map<String, Object> top = Files.readAttributes(root, "unix:ino");
    met.put(number(top, "ino"), "/");
    open.push(new Directory(root, ""));
    while (!open.isEmpty()) {
      Directory next = open.pop();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(next.directory())) {
        for (Path entry : entries) {
          meet(entry, next.path(), met, open);
        }
      } catch (IOException | DirectoryIteratorException e) {
        if (next.directory().equals(root)) {
          throw new IOException("cgroups under " + root + " cannot be read: " + e, e);
        } // else it ended while we walked
      }
    }
  }

  private static void meet(
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

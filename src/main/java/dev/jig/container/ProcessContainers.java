package dev.jig.container;

import dev.jig.event.Owner;
import dev.jig.os.Proc;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Containers told by their processes, where cgroup v2 does not tell them: on hosts with cgroup v1
/// alone, and where a runtime makes no directory in v2 beside v1. There a packet has the id of the
/// root, or of a parent that others share, and /proc/PID/cgroup of its owner is asked instead.
///
/// A process that is gone by then stays unknown, unless its parent is there to tell; nobody is
/// taken for another process with the same pid. All but [#scan] is the ring thread's.
final class ProcessContainers {
  private static final int MAX_CACHED = 8_192;

  /// Whether containers must be told so.
  enum Need {
    /// There is only v2, or every container that runs has a cgroup of its own there.
    NO,
    /// Containers run that have none.
    YES,
    /// There is v1, and no container to see how its runtime goes about it.
    POSSIBLE
  }

  private record Identity(int pid, long startTimeNs) {}

  /// @param path null: nobody can tell any more
  private record Cached(@Nullable CgroupPath path) {}

  private final Proc proc;
  private final Path root;
  private volatile Need need;
  private volatile List<CgroupPath> v1OnlyPaths = List.of();
  private final long hostMountNs; // 0: not known

  private final Map<Identity, Cached> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Cached> eldest) {
          return size() > MAX_CACHED;
        }
      };

  /// @param root where procfs is mounted, with the host's pids
  ProcessContainers(Path root) {
    this.root = root;
    this.proc = new Proc(root);
    this.need = hasV1() ? Need.POSSIBLE : Need.NO;
    this.hostMountNs = proc.mountNs(1);
  }

  /// Whatever reads it sees all hierarchies, also in a cgroup namespace.
  private boolean hasV1() {
    return !ProcCgroups.parse(proc.cgroupLines("self")).v1().isEmpty();
  }

  /// Whether they are asked; where not, nothing is read of them.
  boolean isEnabled() {
    return need != Need.NO;
  }

  Need need() {
    return need;
  }

  /// Containers that v2 does not show, as of the last [#scan].
  List<CgroupPath> v1OnlyPaths() {
    return v1OnlyPaths;
  }

  /// Looks at all processes, to find out whether containers need them. Any thread.
  void scan() {
    if (need == Need.NO) {
      return;
    }
    List<CgroupPath> without = new ArrayList<>();
    boolean with = false;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root, "[1-9]*")) {
      for (Path process : all) {
        ProcCgroups its = ProcCgroups.parse(proc.cgroupLines(process.getFileName().toString()));
        with |= its.isContainerOnV2();
        CgroupPath path = its.isContainerOnV1Only() ? its.agreedPath() : null;
        if (path != null && !without.contains(path)) {
          without.add(path);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // as before the look
    }
    v1OnlyPaths = List.copyOf(without);
    need = !without.isEmpty() ? Need.YES : with ? Need.NO : Need.POSSIBLE;
  }

  /// The containers a process is in; null if nobody can tell any more.
  @Nullable CgroupPath path(@Nullable Owner owner) {
    if (owner == null) {
      return null;
    }
    Identity process = new Identity(owner.pid(), owner.startTimeNs());
    Cached known = cache.get(process);
    if (known == null) {
      known = new Cached(readPath(owner));
      cache.put(process, known);
    }
    return known.path();
  }

  private @Nullable CgroupPath readPath(Owner owner) {
    List<String> lines = proc.cgroups(owner.pid(), owner.startTimeNs());
    if (lines != null) {
      return ProcCgroups.parse(lines).agreedPath();
    }
    return readParentPath(owner);
  }

  /// Whether a process saw the host's mounts: those of containers have their own.
  boolean hasHostMounts(Owner owner) {
    return hostMountNs != 0 && owner.mountNs() == hostMountNs;
  }

  /// A parent in a container, provided that it is the one who was there at the time: who took its
  /// pid later is younger than the child. With the same mounts too it is no runtime that has just
  /// sent its child elsewhere.
  private @Nullable CgroupPath readParentPath(Owner owner) {
    long mountNs = proc.mountNs(owner.ppid());
    if (mountNs == 0 || mountNs != owner.mountNs()) {
      return null;
    }
    List<String> lines = proc.cgroupsIfOlder(owner.ppid(), owner.startTimeNs());
    CgroupPath path = lines == null ? null : ProcCgroups.parse(lines).agreedPath();
    return path == null || path.containers().isEmpty() ? null : path;
  }
}

package dev.jig.container;

import dev.jig.event.Owner;
import dev.jig.os.Proc;
import dev.jig.table.Lru;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Resolves a process to its containers by /proc/PID/cgroup, for containers without a cgroup v2 of
/// their own: on hosts with cgroup v1 alone, and where a runtime uses v1 beside v2. Their packets
/// have the cgroup id of the v2 root or of a shared parent.
///
/// A process that is gone is resolved by its parent, if that is in a container; else it is unknown.
/// Processes are compared by start time, so that a reused pid is not mistaken. All but [#scan] is
/// for the ring thread alone.
final class ProcessContainers {
  private static final int MAX_CACHED = 8_192;

  /// Whether there are containers without a cgroup v2 of their own.
  enum Need {
    /// No: v1 is not mounted, or every running container has a cgroup v2.
    NO,
    /// Yes, at least one.
    YES,
    /// Unknown: v1 is mounted, and no container runs.
    POSSIBLE
  }

  private record Identity(int pid, long startTimeNs) {}

  /// @param path null if it could not be read
  private record Cached(@Nullable CgroupPath path) {}

  private final Proc proc;
  private final Path root;
  private volatile Need need;
  private volatile List<CgroupPath> v1OnlyPaths = List.of();
  private final long hostMountNs; // 0: unknown

  private final Lru<Identity, Cached> cache = new Lru<>(MAX_CACHED);

  /// @param root where procfs is mounted, with the host's pids
  ProcessContainers(Path root) {
    this.root = root;
    this.proc = new Proc(root);
    this.need = hasV1() ? Need.POSSIBLE : Need.NO;
    this.hostMountNs = proc.mountNs(1);
  }

  /// /proc/self/cgroup lists all hierarchies, in a cgroup namespace too.
  private boolean hasV1() {
    return !ProcCgroups.parse(proc.cgroupLines("self")).v1().isEmpty();
  }

  /// Whether processes need to be read.
  boolean isEnabled() {
    return need != Need.NO;
  }

  Need need() {
    return need;
  }

  /// The containers without a cgroup v2 as of the last [#scan].
  List<CgroupPath> v1OnlyPaths() {
    return v1OnlyPaths;
  }

  /// Reads the cgroups of all processes, to determine [#need]. Any thread.
  void scan() {
    if (need == Need.NO) {
      return;
    }
    List<CgroupPath> v1Only = new ArrayList<>();
    boolean anyOnV2 = false;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root, "[1-9]*")) {
      for (Path process : all) {
        ProcCgroups cgroups = ProcCgroups.parse(proc.cgroupLines(process.getFileName().toString()));
        anyOnV2 |= cgroups.isContainerOnV2();
        CgroupPath path = cgroups.isContainerOnV1Only() ? cgroups.agreedPath() : null;
        if (path != null && !v1Only.contains(path)) {
          v1Only.add(path);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // unchanged
    }
    v1OnlyPaths = List.copyOf(v1Only);
    need = !v1Only.isEmpty() ? Need.YES : anyOnV2 ? Need.NO : Need.POSSIBLE;
  }

  /// The containers of a process; null if unknown.
  @Nullable CgroupPath path(@Nullable Owner owner) {
    if (owner == null) {
      return null;
    }
    Identity process = new Identity(owner.pid(), owner.startBootNs());
    Cached cached = cache.get(process);
    if (cached == null) {
      cached = new Cached(readPath(owner));
      cache.put(process, cached);
    }
    return cached.path();
  }

  private @Nullable CgroupPath readPath(Owner owner) {
    List<String> lines = proc.cgroups(owner.pid(), owner.startBootNs());
    if (lines != null) {
      return ProcCgroups.parse(lines).agreedPath();
    }
    return readParentPath(owner);
  }

  /// Whether a process has the host's mount namespace; a container has one of its own.
  boolean hasHostMounts(Owner owner) {
    return hostMountNs != 0 && owner.mountNs() == hostMountNs;
  }

  /// The path of the parent, if it is in a container, is older than the process (a later process
  /// with the parent's pid is not) and has the same mount namespace (a runtime, which starts a
  /// process in another container, has not).
  private @Nullable CgroupPath readParentPath(Owner owner) {
    long mountNs = proc.mountNs(owner.ppid());
    if (mountNs == 0 || mountNs != owner.mountNs()) {
      return null;
    }
    List<String> lines = proc.cgroupsIfOlder(owner.ppid(), owner.startBootNs());
    CgroupPath path = lines == null ? null : ProcCgroups.parse(lines).agreedPath();
    return path == null || path.containers().isEmpty() ? null : path;
  }
}

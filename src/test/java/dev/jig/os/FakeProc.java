package dev.jig.os;

import dev.jig.event.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A /proc of plain files, written as the kernel does. Pid 1 has the host's mount namespace.
public final class FakeProc {
  public static final long HOST_MOUNTS = 4026531840L;
  private static final long TICK_NS = 10_000_000L;

  private final Path root;

  /// @param self the lines of self/cgroup
  public FakeProc(Path root, String... self) throws IOException {
    this.root = Files.createDirectories(root);
    Files.createDirectories(root.resolve("self"));
    Files.write(root.resolve("self/cgroup"), List.of(self));
    process(1, 0, HOST_MOUNTS, self);
  }

  public Path root() {
    return root;
  }

  /// Adds a process; replaces one with the same pid.
  public FakeProc process(int pid, long startTicks, long mountNs, String... cgroups)
      throws IOException {
    remove(pid);
    Path directory = root.resolve(Integer.toString(pid));
    Files.createDirectories(directory.resolve("ns"));
    Files.createSymbolicLink(directory.resolve("ns/mnt"), Path.of("mnt:[" + mountNs + "]"));
    Files.write(directory.resolve("cgroup"), List.of(cgroups));
    writeStat(pid, "S", 0x400100, startTicks);
    return this;
  }

  /// Adds a zombie, which the kernel shows in the root of each v1 hierarchy.
  public FakeProc zombie(int pid, long startTicks, long mountNs) throws IOException {
    process(pid, startTicks, mountNs, "2:pids:/", "0::/");
    writeStat(pid, "Z", 0x40010c, startTicks);
    return this;
  }

  private void writeStat(int pid, String state, int flags, long startTicks) throws IOException {
    String line =
        "%d (dig) %s 1 1 1 0 -1 %d 1 0 0 0 0 0 0 0 20 0 1 0 %d 1 2\n"
            .formatted(pid, state, flags, startTicks);
    Files.writeString(root.resolve(Integer.toString(pid)).resolve("stat"), line);
  }

  /// Removes a process.
  public void remove(int pid) throws IOException {
    Path directory = root.resolve(Integer.toString(pid));
    for (String file : List.of("ns/mnt", "ns", "cgroup", "stat", "")) {
      Files.deleteIfExists(directory.resolve(file));
    }
  }

  /// The owner in a record of such a process.
  public static Owner owner(int pid, long startTicks, long mountNs, int ppid) {
    return new Owner(
        pid, pid, 0, 0, "dig", ppid, "sh", mountNs, 4026533005L, startTicks * TICK_NS, null);
  }
}

package dev.jig.bpf;

import dev.jig.os.Libc;
import dev.jig.os.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A BPF program, map or link by its id, printed as `KIND ID`.
public record KernelObject(Kind kind, int id) {
  private static final long TIMEOUT_NS = 10_000_000_000L;

  /// The kinds, with their names in /proc/PID/fdinfo and libbpf.
  public enum Kind {
    PROGRAM("prog_id:", "bpf_prog_get_fd_by_id"),
    MAP("map_id:", "bpf_map_get_fd_by_id"),
    LINK("link_id:", "bpf_link_get_fd_by_id");

    private final String field;
    private final String byId;

    Kind(String field, String function) {
      this.field = field;
      this.byId = function;
    }
  }

  static KernelObject parse(String printed) {
    String[] parts = printed.split(" ", 2);
    return new KernelObject(Kind.valueOf(parts[0]), Integer.parseInt(parts[1]));
  }

  @Override
  public String toString() {
    return kind + " " + id;
  }

  /// The objects that a process has descriptors of.
  public static List<KernelObject> heldBy(long pid) throws IOException {
    List<KernelObject> held = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fdinfo"))) {
      for (Path descriptor : descriptors.toList()) {
        readInfo(descriptor, held);
      }
    }
    return held;
  }

  private static void readInfo(Path descriptor, List<KernelObject> held) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(descriptor);
    } catch (NoSuchFileException closed) {
      return;
    }
    // A link's fdinfo has its program's id, too.
    for (Kind kind : Kind.values()) {
      for (String line : lines) {
        if (line.startsWith(kind.field)) {
          held.add(
              new KernelObject(
                  kind, Integer.parseInt(line.substring(kind.field.length()).strip())));
        }
      }
    }
  }

  public boolean exists() {
    int fd = (int) Native.call(Native.libbpf(kind.byId), id, 0, 0);
    if (fd >= 0) {
      Libc.close(fd);
    }
    return fd >= 0;
  }

  /// Waits up to 10 s until the kernel has freed the objects: links with their process, programs a
  /// grace period later. Returns those that still exist.
  public static List<KernelObject> awaitGone(List<KernelObject> objects) {
    long deadline = System.nanoTime() + TIMEOUT_NS;
    while (objects.stream().anyMatch(KernelObject::exists) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    return objects.stream().filter(KernelObject::exists).toList();
  }
}

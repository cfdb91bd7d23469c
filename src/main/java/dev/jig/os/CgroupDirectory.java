package dev.jig.os;

import dev.jig.os.NativeException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A directory of the cgroup v2 hierarchy, held open: where programs attach.
public final class CgroupDirectory implements AutoCloseable {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final long ROOT_INODE = 1; // kernfs numbers from its root on

  // fsopen(2), fsconfig(2), fsmount(2)
  private static final int CLOEXEC = 1;
  private static final int CMD_CREATE = 6;
  private static final int NOSUID_NODEV_NOEXEC = 0xe;

  private final int fd;
  private final Path path;
  private final long id;

  private CgroupDirectory(int fd, Path path) {
    this.fd = fd;
    this.path = path;
    this.id = Libc.inode(fd);
  }

  /// The root of the whole hierarchy: where it is mounted, else by a mount of our own that no mount
  /// table shows and that goes with the process.
  ///
  /// @throws NativeException if neither can be had
  public static CgroupDirectory root() {
    List<Path> mounts = mounts();
    for (Path mount : mounts) {
      int fd = Libc.open(mount.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
      if (fd >= 0) {
        CgroupDirectory directory = new CgroupDirectory(fd, mount);
        if (directory.id == ROOT_INODE) {
          return directory;
        }
        directory.close(); // a subtree: a bind mount, or a cgroup namespace's view
      }
    }
    return mountDetached(mounts);
  }

  /// A cgroup by its directory.
  ///
  /// @throws NativeException if it cannot be opened
  public static CgroupDirectory open(Path path) {
    int fd = Libc.open(path.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw refused("cannot open cgroup " + path, Native.errno());
    }
    return new CgroupDirectory(fd, path);
  }

  /// A mount of our own.
  ///
  /// @param mounts what was found instead, for the message
  public static CgroupDirectory mountDetached(List<Path> mounts) {
    String found =
        mounts.isEmpty() ? "no cgroup v2 is mounted" : "no root of cgroup v2 in " + mounts;
    int fd = mount(found);
    CgroupDirectory directory = new CgroupDirectory(fd, Path.of("/proc/self/fd/" + fd));
    if (directory.id != ROOT_INODE) {
      directory.close();
      throw NativeException.of(
          Reason.CGROUP,
          found + ", and this cgroup namespace shows only a part of it",
          0,
          List.of());
    }
    return directory;
  }

  private static int mount(String found) {
    try (Arena arena = Arena.ofConfined()) {
      long type = arena.allocateFrom("cgroup2").address();
      int context = (int) Libc.syscall(Libc.SYS_FSOPEN, type, CLOEXEC, 0, 0, 0);
      if (context < 0) {
        throw refused(found + ", and fsopen failed", Native.errno());
      }
      try {
        if ((int) Libc.syscall(Libc.SYS_FSCONFIG, context, CMD_CREATE, 0, 0, 0) < 0) {
          throw refused(found + ", and fsconfig failed", Native.errno());
        }
        int mode = NOSUID_NODEV_NOEXEC; // a command's cgroup is made in it
        int fd = (int) Libc.syscall(Libc.SYS_FSMOUNT, context, CLOEXEC, mode, 0, 0);
        if (fd < 0) {
          throw refused(found + ", and fsmount failed", Native.errno());
        }
        return fd;
      } finally {
        Libc.close(context);
      }
    }
  }

  private static NativeException refused(String tried, int errno) {
    return NativeException.of(Reason.CGROUP, tried + ": " + Errno.name(errno), errno, List.of());
  }

  private static List<Path> mounts() {
    try {
      return mounts(Files.readString(MOUNTS));
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  /// The mount points of cgroup v2 in a mountinfo (proc_pid_mountinfo(5)), whole hierarchies first:
  ///
  /// ```
  /// 41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
  /// ```
  static List<Path> mounts(String mountinfo) {
    List<Path> whole = new ArrayList<>();
    List<Path> parts = new ArrayList<>();
    for (String line : mountinfo.lines().toList()) {
      if (line.contains(" - cgroup2 ")) {
        String[] fields = line.split(" ", 6);
        (fields[3].equals("/") ? whole : parts).add(Path.of(unescape(fields[4])));
      }
    }
    whole.addAll(parts);
    return whole;
  }

  /// Blanks and backslashes stand as three octal digits.
  private static String unescape(String field) {
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      boolean escaped = field.charAt(i) == '\\' && i + 3 < field.length();
      text.append(escaped ? (char) Integer.parseInt(field, i + 1, i + 4, 8) : field.charAt(i));
      i += escaped ? 3 : 0;
    }
    return text.toString();
  }

  /// The open directory.
  public int fd() {
    return fd;
  }

  /// Where its files can be reached while it is open: for a mount of our own a path below /proc.
  public Path path() {
    return path;
  }

  /// The cgroup's id, as BPF programs tell it.
  public long id() {
    return id;
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}

package dev.jig.os;

import dev.jig.os.NativeException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An open directory of the cgroup v2 hierarchy, to attach programs to.
public final class CgroupDirectory implements AutoCloseable {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final Path DEFAULT_ROOT = Path.of("/sys/fs/cgroup");
  private static final long ROOT_INODE = 1; // kernfs gives its root inode 1

  // fsopen(2), fsconfig(2), fsmount(2): FSOPEN_CLOEXEC, FSCONFIG_CMD_CREATE, MOUNT_ATTR_*
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

  /// Opens the root of the hierarchy: where it is mounted, else a detached mount, which appears in
  /// no mount table and ends with this process.
  ///
  /// @throws NativeException if neither is available
  public static CgroupDirectory root() {
    List<Path> mounts = mounts();
    for (Path mount : mounts) {
      int fd = Libc.open(mount.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
      if (fd >= 0) {
        CgroupDirectory directory = new CgroupDirectory(fd, mount);
        if (directory.id == ROOT_INODE) {
          return directory;
        }
        directory.close(); // a subtree: a bind mount, or the root of a cgroup namespace
      }
    }
    return mountDetached(mounts);
  }

  /// The path of the hierarchy's root for walking it, kept open until the process ends;
  /// /sys/fs/cgroup if it cannot be opened.
  public static Path rootPath() {
    try {
      return root().path();
    } catch (NativeException e) {
      return DEFAULT_ROOT;
    }
  }

  /// Opens a cgroup's directory.
  ///
  /// @throws NativeException if it cannot be opened
  public static CgroupDirectory open(Path path) {
    int fd = Libc.open(path.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw failed("cannot open cgroup " + path, Native.errno());
    }
    return new CgroupDirectory(fd, path);
  }

  /// Mounts the hierarchy without a mount point (fsmount(2), Linux 5.2) and opens its root.
  ///
  /// @param mounts the mounts found so far, none of them the root; for the exception's message
  /// @throws NativeException if the kernel refuses
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
        throw failed(found + ", and fsopen failed", Native.errno());
      }
      try {
        if ((int) Libc.syscall(Libc.SYS_FSCONFIG, context, CMD_CREATE, 0, 0, 0) < 0) {
          throw failed(found + ", and fsconfig failed", Native.errno());
        }
        int mode = NOSUID_NODEV_NOEXEC; // not read-only: cgroups are created in it
        int fd = (int) Libc.syscall(Libc.SYS_FSMOUNT, context, CLOEXEC, mode, 0, 0);
        if (fd < 0) {
          throw failed(found + ", and fsmount failed", Native.errno());
        }
        return fd;
      } finally {
        Libc.close(context);
      }
    }
  }

  private static NativeException failed(String action, int errno) {
    return NativeException.of(Reason.CGROUP, action + ": " + Errno.name(errno), errno, List.of());
  }

  private static List<Path> mounts() {
    try {
      return mounts(Files.readString(MOUNTS));
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  /// The mount points of cgroup v2 in proc_pid_mountinfo(5); mounts of the root come first.
  ///
  /// ```
  /// 41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
  /// ```
  static List<Path> mounts(String mountinfo) {
    List<Path> roots = new ArrayList<>();
    List<Path> subtrees = new ArrayList<>();
    for (String line : mountinfo.lines().toList()) {
      if (line.contains(" - cgroup2 ")) {
        String[] fields = line.split(" ", 6);
        (fields[3].equals("/") ? roots : subtrees).add(Path.of(unescape(fields[4])));
      }
    }
    roots.addAll(subtrees);
    return roots;
  }

  /// Decodes `\040` and the like: mountinfo writes space, tab, newline and backslash in octal.
  private static String unescape(String field) {
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      boolean escaped = field.charAt(i) == '\\' && i + 3 < field.length();
      text.append(escaped ? (char) Integer.parseInt(field, i + 1, i + 4, 8) : field.charAt(i));
      i += escaped ? 3 : 0;
    }
    return text.toString();
  }

  /// The directory's file descriptor, valid until [#close].
  public int fd() {
    return fd;
  }

  /// The directory's path, valid until [#close]: of a detached mount `/proc/self/fd/N`.
  public Path path() {
    return path;
  }

  /// The cgroup's id as in bpf_skb_cgroup_id(): the directory's inode.
  public long id() {
    return id;
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}

package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The libc functions used here, each as a Java method. Those that may fail in expected ways return
/// what C returns, the caller asks [Native#errno]; the others throw.
@SuppressWarnings("restricted")
public final class Libc {
  public static final int PROT_READ = 1;
  public static final int PROT_WRITE = 2;
  public static final int MAP_SHARED = 1;
  public static final int MAP_PRIVATE = 2;
  public static final int MAP_ANONYMOUS = 0x20;
  public static final int MAP_NORESERVE = 0x4000;
  public static final int O_RDONLY = 0;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  /// System calls without a function in every libc, by their number on all architectures.
  static final int SYS_FSOPEN = 430;

  static final int SYS_FSCONFIG = 431;
  static final int SYS_FSMOUNT = 432;
  static final int SYS_PIDFD_OPEN = 434;
  static final int SYS_PIDFD_GETFD = 438;

  // statx(2): mask and result offset of the inode
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_INO = 0x100;
  private static final long STATX_SIZE = 256;
  private static final long STX_INO = 32;

  private static final MemorySegment OPEN = Native.libc("open");
  private static final MemorySegment CLOSE = Native.libc("close");
  private static final MemorySegment READ = Native.libc("read");
  private static final MemorySegment WRITE = Native.libc("write");
  private static final MemorySegment MMAP = Native.libc("mmap");
  private static final MemorySegment MUNMAP = Native.libc("munmap");
  private static final MemorySegment POLL = Native.libc("poll");
  private static final MemorySegment EVENTFD = Native.libc("eventfd");
  private static final MemorySegment STATX = Native.libc("statx");
  private static final MemorySegment IOCTL = Native.libc("ioctl");
  private static final MemorySegment ISATTY = Native.libc("isatty");
  private static final MemorySegment CLOCK_GETTIME = Native.libc("clock_gettime");
  private static final MemorySegment GETPAGESIZE = Native.libc("getpagesize");
  private static final MemorySegment VSNPRINTF = Native.libc("vsnprintf");
  private static final MemorySegment SYSCALL = Native.libc("syscall");

  private Libc() {}

  public static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) Native.call(OPEN, arena.allocateFrom(path).address(), flags, 0);
    }
  }

  public static void close(int fd) {
    Native.call(CLOSE, fd, 0, 0);
  }

  public static long read(int fd, MemorySegment buffer) {
    return Native.call(READ, fd, buffer.address(), buffer.byteSize());
  }

  static long write(int fd, MemorySegment buffer) {
    return Native.call(WRITE, fd, buffer.address(), buffer.byteSize());
  }

  /// Maps memory that is unmapped with the arena.
  public static MemorySegment mmap(
      Arena arena, long length, int prot, int flags, int fd, long offset) {
    long address = Native.call(MMAP, 0, length, prot, flags, fd, offset);
    if (address == -1) {
      throw NativeException.failed("cannot map " + length + " bytes of fd " + fd, Native.errno());
    }
    MemorySegment mapped =
        MemorySegment.ofAddress(address).reinterpret(length, arena, Libc::munmap);
    return (prot & PROT_WRITE) == 0 ? mapped.asReadOnly() : mapped;
  }

  private static void munmap(MemorySegment mapped) {
    Native.call(MUNMAP, mapped.address(), mapped.byteSize(), 0);
  }

  /// Waits on `count` entries of struct pollfd.
  public static int poll(MemorySegment fds, int count, int timeoutMs) {
    return (int) Native.call(POLL, fds.address(), count, timeoutMs);
  }

  static int eventfd(int flags) {
    return (int) Native.call(EVENTFD, 0, flags, 0);
  }

  /// The inode of an open file.
  static long inode(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(STATX_SIZE, 8);
      long path = arena.allocateFrom("").address();
      int mask = STATX_INO;
      if ((int) Native.call(STATX, fd, path, AT_EMPTY_PATH, mask, result.address(), 0) < 0) {
        throw NativeException.failed("cannot stat fd " + fd, Native.errno());
      }
      return result.get(ValueLayout.JAVA_LONG, STX_INO);
    }
  }

  public static int ioctl(int fd, long request, MemorySegment argument) {
    return (int) Native.call(IOCTL, fd, request, argument.address());
  }

  static boolean isatty(int fd) {
    return (int) Native.call(ISATTY, fd, 0, 0) == 1;
  }

  static int clockGettime(int clock, MemorySegment timespec) {
    return (int) Native.call(CLOCK_GETTIME, clock, timespec.address(), 0);
  }

  public static int pageSize() {
    return (int) Native.call(GETPAGESIZE, 0, 0, 0);
  }

  /// Formats with a va_list, which both known conventions pass as a pointer.
  public static int vsnprintf(MemorySegment buffer, long format, long arguments) {
    return (int)
        Native.call(VSNPRINTF, buffer.address(), buffer.byteSize(), format, arguments, 0, 0);
  }

  public static long syscall(int number, long a, long b, long c, long d, long e) {
    return Native.call(SYSCALL, number, a, b, c, d, e);
  }
}

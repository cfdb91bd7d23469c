package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The libc functions in use, each as a Java method. A method that returns C's result leaves errno
/// in [Native#errno]; the others throw.
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

  /// System call numbers, the same on all architectures; not every libc has a function for them.
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

  // int open(const char *pathname, int flags, ...)
  private static final MemorySegment OPEN = Native.libc("open");
  // int close(int fd)
  private static final MemorySegment CLOSE = Native.libc("close");
  // ssize_t read(int fd, void *buf, size_t count)
  private static final MemorySegment READ = Native.libc("read");
  // ssize_t write(int fd, const void *buf, size_t count)
  private static final MemorySegment WRITE = Native.libc("write");
  // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
  private static final MemorySegment MMAP = Native.libc("mmap");
  // int munmap(void *addr, size_t length)
  private static final MemorySegment MUNMAP = Native.libc("munmap");
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  private static final MemorySegment POLL = Native.libc("poll");
  // int eventfd(unsigned int initval, int flags)
  private static final MemorySegment EVENTFD = Native.libc("eventfd");
  // int statx(int dirfd, const char *path, int flags, unsigned int mask, struct statx *buf)
  private static final MemorySegment STATX = Native.libc("statx");
  // int ioctl(int fd, unsigned long request, ...)
  private static final MemorySegment IOCTL = Native.libc("ioctl");
  // int isatty(int fd)
  private static final MemorySegment ISATTY = Native.libc("isatty");
  // int clock_gettime(clockid_t clockid, struct timespec *tp)
  private static final MemorySegment CLOCK_GETTIME = Native.libc("clock_gettime");
  // int getpagesize(void)
  private static final MemorySegment GETPAGESIZE = Native.libc("getpagesize");
  // int vsnprintf(char *str, size_t size, const char *format, va_list ap)
  private static final MemorySegment VSNPRINTF = Native.libc("vsnprintf");
  // long syscall(long number, ...)
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

  /// Maps memory until the arena closes; read-only unless `prot` has PROT_WRITE.
  ///
  /// @throws NativeException if it cannot be mapped
  public static MemorySegment mmap(
      Arena arena, long length, int prot, int flags, int fd, long offset) {
    MemorySegment mapped = map(length, prot, flags, fd, offset).reinterpret(arena, Libc::munmap);
    return (prot & PROT_WRITE) == 0 ? mapped.asReadOnly() : mapped;
  }

  /// Maps shared memory to read, until [#munmap].
  ///
  /// @throws NativeException if it cannot be mapped
  public static MemorySegment mapToRead(long length, int fd, long offset) {
    return map(length, PROT_READ, MAP_SHARED, fd, offset).asReadOnly();
  }

  private static MemorySegment map(long length, int prot, int flags, int fd, long offset) {
    long address = Native.call(MMAP, 0, length, prot, flags, fd, offset);
    if (address == -1) {
      throw NativeException.failed("cannot map " + length + " bytes of fd " + fd, Native.errno());
    }
    return MemorySegment.ofAddress(address).reinterpret(length);
  }

  /// Unmaps memory; it must not be used afterwards.
  public static void munmap(MemorySegment mapped) {
    Native.call(MUNMAP, mapped.address(), mapped.byteSize(), 0);
  }

  /// Waits for events of `count` entries of struct pollfd.
  public static int poll(MemorySegment fds, int count, int timeoutMs) {
    return (int) Native.call(POLL, fds.address(), count, timeoutMs);
  }

  static int eventfd(int flags) {
    return (int) Native.call(EVENTFD, 0, flags, 0);
  }

  /// The inode of an open file.
  ///
  /// @throws NativeException if `fd` is not open
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

  /// Formats a message.
  ///
  /// @param arguments a va_list, which x86-64 and AArch64 pass as a pointer
  public static int vsnprintf(MemorySegment buffer, long format, long arguments) {
    return (int)
        Native.call(VSNPRINTF, buffer.address(), buffer.byteSize(), format, arguments, 0, 0);
  }

  public static long syscall(int number, long a, long b, long c, long d, long e) {
    return Native.call(SYSCALL, number, a, b, c, d, e);
  }
}

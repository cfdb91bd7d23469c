package dev.jig.os;

import java.util.Optional;

/// An open file of another process, shared with it by a descriptor of our own.
public final class BorrowedFile implements AutoCloseable {
  private final int fd;

  private BorrowedFile(int fd) {
    this.fd = fd;
  }

  /// Descriptor `theirFd` of process `pid`; empty if either is gone.
  ///
  /// @throws NativeException if the kernel refuses: it takes the right to trace that process
  public static Optional<BorrowedFile> open(int pid, int theirFd) {
    int process = (int) Libc.syscall(Libc.SYS_PIDFD_OPEN, pid, 0, 0, 0, 0);
    if (process < 0) {
      return refused("pidfd_open of process " + pid, Native.errno());
    }
    try {
      int fd = (int) Libc.syscall(Libc.SYS_PIDFD_GETFD, process, theirFd, 0, 0, 0);
      return fd < 0
          ? refused("pidfd_getfd of descriptor " + theirFd + " of process " + pid, Native.errno())
          : Optional.of(new BorrowedFile(fd));
    } finally {
      Libc.close(process);
    }
  }

  private static Optional<BorrowedFile> refused(String tried, int errno) {
    if (errno == Errno.ESRCH || errno == Errno.EBADF || errno == Errno.EINVAL) {
      return Optional.empty();
    }
    throw NativeException.failed(tried, errno);
  }

  /// Valid until closed.
  public int fd() {
    return fd;
  }

  public long inode() {
    return Libc.inode(fd);
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}

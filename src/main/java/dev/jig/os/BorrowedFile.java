package dev.jig.os;

import java.util.Optional;

/// A duplicate of another process's file descriptor (pidfd_open(2), pidfd_getfd(2)); Linux 5.6.
public final class BorrowedFile implements AutoCloseable {
  private final int fd;

  private BorrowedFile(int fd) {
    this.fd = fd;
  }

  /// Duplicates descriptor `remoteFd` of process `pid`; empty if either no longer exists.
  ///
  /// @throws NativeException if the kernel refuses: the caller needs PTRACE_MODE_ATTACH_REALCREDS
  public static Optional<BorrowedFile> open(int pid, int remoteFd) {
    int process = (int) Libc.syscall(Libc.SYS_PIDFD_OPEN, pid, 0, 0, 0, 0);
    if (process < 0) {
      return emptyIfGone("pidfd_open of process " + pid, Native.errno());
    }
    try {
      int fd = (int) Libc.syscall(Libc.SYS_PIDFD_GETFD, process, remoteFd, 0, 0, 0);
      return fd < 0
          ? emptyIfGone(
              "pidfd_getfd of descriptor " + remoteFd + " of process " + pid, Native.errno())
          : Optional.of(new BorrowedFile(fd));
    } finally {
      Libc.close(process);
    }
  }

  private static Optional<BorrowedFile> emptyIfGone(String action, int errno) {
    if (errno == Errno.ESRCH || errno == Errno.EBADF || errno == Errno.EINVAL) {
      return Optional.empty();
    }
    throw NativeException.failed(action, errno);
  }

  /// The duplicate, valid until [#close].
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

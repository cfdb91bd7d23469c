package dev.jig.os;

/// Linux's error numbers and their names (asm-generic/errno-base.h, errno.h).
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EINVAL = 22;

  private Errno() {}

  /// The name as in errno(3), such as EPERM; `errno 777` for a number not listed here.
  public static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case ESRCH -> "ESRCH";
      case EINTR -> "EINTR";
      case 5 -> "EIO";
      case 6 -> "ENXIO";
      case 7 -> "E2BIG";
      case 8 -> "ENOEXEC";
      case EBADF -> "EBADF";
      case EAGAIN -> "EAGAIN";
      case 12 -> "ENOMEM";
      case EACCES -> "EACCES";
      case 14 -> "EFAULT";
      case 16 -> "EBUSY";
      case EEXIST -> "EEXIST";
      case 18 -> "EXDEV";
      case 19 -> "ENODEV";
      case 20 -> "ENOTDIR";
      case 21 -> "EISDIR";
      case EINVAL -> "EINVAL";
      case 23 -> "ENFILE";
      case 24 -> "EMFILE";
      case 25 -> "ENOTTY";
      case 27 -> "EFBIG";
      case 28 -> "ENOSPC";
      case 30 -> "EROFS";
      case 32 -> "EPIPE";
      case 33 -> "EDOM";
      case 34 -> "ERANGE";
      case 36 -> "ENAMETOOLONG";
      case 38 -> "ENOSYS";
      case 71 -> "EPROTO";
      case 40 -> "ELOOP";
      case 75 -> "EOVERFLOW";
      case 90 -> "EMSGSIZE";
      case 92 -> "ENOPROTOOPT";
      case 93 -> "EPROTONOSUPPORT";
      case 95 -> "EOPNOTSUPP";
      case 100 -> "ENETDOWN";
      case 101 -> "ENETUNREACH";
      case 104 -> "ECONNRESET";
      case 110 -> "ETIMEDOUT";
      case 111 -> "ECONNREFUSED";
      case 112 -> "EHOSTDOWN";
      case 113 -> "EHOSTUNREACH";
      case 116 -> "ESTALE";
      case 524 -> "ENOTSUPP"; // include/linux/errno.h: kernel-internal, but bpf(2) returns it
      case 4000 -> "LIBBPF_ERRNO__LIBELF"; // from here on libbpf's own (libbpf_legacy.h)
      case 4001 -> "LIBBPF_ERRNO__FORMAT";
      case 4002 -> "LIBBPF_ERRNO__KVERSION";
      case 4003 -> "LIBBPF_ERRNO__ENDIAN";
      case 4005 -> "LIBBPF_ERRNO__RELOC";
      case 4007 -> "LIBBPF_ERRNO__VERIFY";
      case 4008 -> "LIBBPF_ERRNO__PROG2BIG";
      default -> "errno " + errno;
    };
  }
}

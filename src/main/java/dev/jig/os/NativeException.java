package dev.jig.os;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call of libc, libbpf or the kernel failed. The message names the call and errno; the reason
/// has a hint for the user.
public final class NativeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// The likely cause, with a hint for the user.
  public enum Reason {
    LIBRARY("install libbpf 1.x, on Debian and Ubuntu: apt-get install libbpf1"),
    CAPABILITIES(
        "run as root, or with the capabilities CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN"
            + " (CAP_SYS_ADMIN where a container runtime does not know CAP_BPF)"),
    KERNEL("a Linux kernel 5.10 or newer is needed"),
    BTF("a kernel built with CONFIG_DEBUG_INFO_BTF is needed (/sys/kernel/btf/vmlinux)"),
    MEMLOCK("raise the limit of locked memory: ulimit -l unlimited"),
    REJECTED("please report this with the kernel's version and the lines of the verifier"),
    ATTACH("another program may be attached exclusively: bpftool cgroup tree shows it"),
    CGROUP("mount cgroup v2, in a container the host's /sys/fs/cgroup"),
    OTHER("-v shows what libbpf said");

    private final String hint;

    Reason(String hint) {
      this.hint = hint;
    }

    /// What the user can do, one sentence without full stop.
    public String hint() {
      return hint;
    }
  }

  private final Reason reason;
  private final int errno;
  private final String log;

  private NativeException(
      Reason reason, String message, int errno, List<String> log, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.errno = errno;
    this.log = String.join("\n", log);
  }

  /// A failure without a known cause.
  ///
  /// @param action what failed, such as `cannot wait for the ring`
  public static NativeException failed(String action, int errno) {
    return of(Reason.OTHER, action + ": " + Errno.name(errno), errno, List.of());
  }

  public static NativeException of(Reason reason, String message, int errno, List<String> log) {
    return new NativeException(reason, message, errno, log, null);
  }

  static NativeException libraryMissing(String name, @Nullable String directory, Throwable cause) {
    String where = directory == null ? "" : " in " + directory;
    return new NativeException(
        Reason.LIBRARY, "cannot open " + name + where, Errno.ENOENT, List.of(), cause);
  }

  public Reason reason() {
    return reason;
  }

  /// What the user can do, one sentence without full stop.
  public String hint() {
    return reason.hint();
  }

  /// Errno's name, such as EPERM.
  public String errnoName() {
    return Errno.name(errno);
  }

  /// The last lines of libbpf's log and of the verifier's, not escaped for a terminal; may be
  /// empty.
  public List<String> log() {
    return log.isEmpty() ? List.of() : List.of(log.split("\n", -1));
  }
}

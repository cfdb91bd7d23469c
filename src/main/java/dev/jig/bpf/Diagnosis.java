package dev.jig.bpf;

import dev.jig.os.Errno;
import dev.jig.os.NativeException;
import dev.jig.os.NativeException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Finds the likely cause of a refused load or attachment. It is made after the failure; nothing is
/// checked first, since capabilities alone do not decide.
///
/// @param capabilities the process's effective capabilities
/// @param kernel the running kernel
/// @param limits the text of /proc/self/limits
/// @param userNamespace whether the process is in another than the initial user namespace
record Diagnosis(Set<String> capabilities, Kernel kernel, String limits, boolean userNamespace) {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Path UID_MAP = Path.of("/proc/self/uid_map");

  static Diagnosis ofThisProcess() {
    String uids = text(UID_MAP);
    return new Diagnosis(
        Capabilities.effective(),
        Kernel.running(),
        text(LIMITS),
        !uids.isEmpty() && !uids.contains("4294967295"));
  }

  /// @param verifier whether the verifier wrote a log
  NativeException loadFailure(String action, int errno, List<String> log, boolean verifier) {
    String message = action + ": " + Errno.name(errno);
    boolean refused = errno == Errno.EPERM || errno == Errno.EACCES;
    List<String> missing = Capabilities.missing(capabilities);
    if (!missing.isEmpty() && (refused || verifier)) {
      String text = message + ", missing " + String.join(", ", missing);
      return NativeException.of(Reason.CAPABILITIES, text, errno, log);
    }
    if (kernel.isBefore(5, 10)) {
      String text = message + ", the kernel is " + kernel.release();
      return NativeException.of(Reason.KERNEL, text, errno, log);
    }
    if (!kernel.hasBtf()) {
      String text = message + ", the kernel has no BTF";
      return NativeException.of(Reason.BTF, text, errno, log);
    }
    if (verifier) {
      return NativeException.of(Reason.REJECTED, message, errno, log);
    }
    return refused
        ? refusedDespiteCapabilities(message, errno, log)
        : NativeException.of(Reason.OTHER, message, errno, log);
  }

  NativeException attachFailure(String action, int errno) {
    String message = action + ": " + Errno.name(errno);
    List<String> missing = Capabilities.missing(capabilities);
    if (errno == Errno.EPERM && !missing.isEmpty()) {
      String text = message + ", missing " + String.join(", ", missing);
      return NativeException.of(Reason.CAPABILITIES, text, errno, List.of());
    }
    return NativeException.of(Reason.ATTACH, message, errno, List.of());
  }

  private NativeException refusedDespiteCapabilities(String message, int errno, List<String> log) {
    if (kernel.isBefore(5, 11) && memlockLimited()) {
      String text = message + ", the limit of locked memory is too low for BPF maps";
      return NativeException.of(Reason.MEMLOCK, text, errno, log);
    }
    String guard = userNamespace ? "a user namespace" : "a seccomp profile or kernel lockdown";
    String text = message + " though no capability is missing: " + guard + " refuses it";
    return NativeException.of(Reason.CAPABILITIES, text, errno, log);
  }

  /// Before Linux 5.11 maps count against RLIMIT_MEMLOCK, which libbpf 1.x raises if it may.
  private boolean memlockLimited() {
    for (String line : limits.lines().toList()) {
      if (line.startsWith("Max locked memory")) {
        return !line.contains("unlimited");
      }
    }
    return false;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      return "";
    }
  }
}

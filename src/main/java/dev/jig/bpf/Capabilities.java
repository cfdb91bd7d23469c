package dev.jig.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The capabilities of this process by name (linux/capability.h), for error messages only: user
/// namespaces and seccomp decide, too.
public final class Capabilities {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String[] NAMES = {
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE"
  };
  private static final List<String> NEEDED = List.of("CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN");

  private Capabilities() {}

  /// The effective capabilities, such as CAP_BPF; empty if /proc/self/status is not readable.
  public static Set<String> effective() {
    try {
      return parse(Files.readString(STATUS));
    } catch (IOException unreadable) {
      return Set.of();
    }
  }

  /// Which of the capabilities that tracing needs are not among `held`. CAP_SYS_ADMIN includes all
  /// of them.
  public static List<String> missing(Set<String> held) {
    if (held.contains("CAP_SYS_ADMIN")) {
      return List.of();
    }
    List<String> missing = new ArrayList<>(NEEDED);
    missing.removeAll(held);
    return missing;
  }

  static Set<String> parse(String status) {
    Set<String> names = new LinkedHashSet<>();
    for (String line : status.lines().toList()) {
      if (line.startsWith("CapEff:")) {
        long bits = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
        for (int bit = 0; bit < NAMES.length; bit++) {
          if ((bits >>> bit & 1) != 0) {
            names.add("CAP_" + NAMES[bit]);
          }
        }
      }
    }
    return names;
  }
}

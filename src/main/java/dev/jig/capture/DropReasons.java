package dev.jig.capture;

import dev.jig.bpf.KernelEnum;
import dev.jig.capture.Drop.Hook;
import dev.jig.event.Cause;
import dev.jig.os.Errno;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names of what the kernel gives as the reason of a loss. One thread.
final class DropReasons {
  private static final String PREFIX = "SKB_DROP_REASON_";

  /// What is dropped at a device that is down or has no carrier has one of these, which say too
  /// little.
  private static final Set<String> DEVICE_DROPS =
      Set.of(PREFIX + "QDISC_DROP", PREFIX + "QUEUE_PURGE", PREFIX + "NOT_SPECIFIED");

  /// RFC 792.
  private static final int DEST_UNREACH = 3;

  /// By code, of type 3 (include/uapi/linux/icmp.h).
  private static final String[] UNREACHABLE = {
    "ICMP_NET_UNREACH",
    "ICMP_HOST_UNREACH",
    "ICMP_PROT_UNREACH",
    "ICMP_PORT_UNREACH",
    "ICMP_FRAG_NEEDED",
    "ICMP_SR_FAILED",
    "ICMP_NET_UNKNOWN",
    "ICMP_HOST_UNKNOWN",
    "ICMP_HOST_ISOLATED",
    "ICMP_NET_ANO",
    "ICMP_HOST_ANO",
    "ICMP_NET_UNR_TOS",
    "ICMP_HOST_UNR_TOS",
    "ICMP_PKT_FILTERED",
    "ICMP_PREC_VIOLATION",
    "ICMP_PREC_CUTOFF"
  };

  /// Read with the first drop: most traces see none.
  private @Nullable Map<Integer, String> kernelNames;

  /// @param reason as in the record (src/main/bpf/trace_dns.h, enum drop_hook)
  /// @param deviceDown whether the packet's device is down or has no carrier
  String name(Hook hook, int reason, boolean deviceDown) {
    return switch (hook) {
      case PACKET_DROPPED -> nameOfDrop(reason, deviceDown);
      case ICMP_SENT -> nameOfIcmp(reason >>> 8, reason & 0xff);
      case SOCKET_ERROR -> nameOfError(reason);
    };
  }

  private static String nameOfError(int errno) {
    String name = Errno.name(errno);
    return name.startsWith("E") ? name : "ERRNO_" + errno;
  }

  private String nameOfDrop(int reason, boolean deviceDown) {
    if (reason == 0) {
      return deviceDown ? Cause.DEVICE_DOWN : Cause.UNKNOWN;
    }
    Map<Integer, String> names = kernelNames;
    if (names == null) {
      names = KernelEnum.namesOf("skb_drop_reason");
      kernelNames = names;
    }
    String name = names.getOrDefault(reason, "REASON_" + reason); // of a subsystem
    if (deviceDown && DEVICE_DROPS.contains(name)) {
      return Cause.DEVICE_DOWN;
    }
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }

  private static String nameOfIcmp(int type, int code) {
    if (type == DEST_UNREACH) {
      return code < UNREACHABLE.length ? UNREACHABLE[code] : "ICMP_UNREACH_" + code;
    }
    return "ICMP_TIME_EXCEEDED";
  }
}

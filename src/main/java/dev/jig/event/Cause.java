package dev.jig.event;

/// Why a message got lost, as far as the kernel reported it.
///
/// @param reason the kernel's name: a drop reason without its prefix SKB_DROP_REASON_
///   (include/net/dropreason-core.h), the ICMP code of include/uapi/linux/icmp.h, or an errno;
///   [#UNKNOWN] where the kernel gives none, [#DEVICE_DOWN], [#NO_PACKET_LEFT]
/// @param at where it happened, seen from the query
public record Cause(String reason, Place at) {
  /// Kernels before 5.17 drop packets without a reason.
  public static final String UNKNOWN = "UNKNOWN";

  /// The kernel gives QDISC_DROP, QUEUE_PURGE, NOT_SPECIFIED or no reason, and the packet's device
  /// is down or has no carrier.
  public static final String DEVICE_DOWN = "DEVICE_DOWN";

  /// The kernel made no packet of a connect() or send, which failed: the server has no route, or
  /// the address is not valid here.
  public static final String NO_PACKET_LEFT = "NO_PACKET_LEFT";

  /// Where a message got lost.
  public enum Place {
    /// On the client's socket or in its network namespace.
    CLIENT,
    /// On the server's socket or in its network namespace.
    SERVER,
    /// Anywhere else.
    PATH
  }

  /// Whether it says that the server cannot be reached: its port is closed, its host or network
  /// does not answer, or a device on the way is down.
  public boolean isUnreachable() {
    return switch (text()) {
      case "port closed" -> at != Place.CLIENT; // there the client closed its own socket
      case "host unreachable", "no route", "device down", "no packet left (no route?)" -> true;
      default -> false;
    };
  }

  /// The reason in plain words.
  public String text() {
    return switch (reason) {
      case "NO_SOCKET", "ICMP_PORT_UNREACH", "ECONNREFUSED" -> "port closed";
      case "NEIGH_FAILED", "ICMP_HOST_UNREACH", "ICMP_HOST_UNKNOWN", "EHOSTUNREACH", "EHOSTDOWN" ->
          "host unreachable";
      case "IP_OUTNOROUTES",
          "IP_INNOROUTES",
          "ICMP_NET_UNREACH",
          "ICMP_NET_UNKNOWN",
          "ENETUNREACH" ->
          "no route";
      case NO_PACKET_LEFT -> "no packet left (no route?)";
      case "NETFILTER_DROP" -> "dropped by netfilter";
      case "SOCKET_RCVBUFF" -> "receive buffer full";
      case "DEV_READY", DEVICE_DOWN, "ENETDOWN" -> "device down";
      case UNKNOWN -> "dropped in the kernel";
      default -> "dropped: " + reason;
    };
  }
}

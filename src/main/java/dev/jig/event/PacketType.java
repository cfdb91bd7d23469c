package dev.jig.event;

/// Where a packet was going: the kernel's `pkt_type` (include/uapi/linux/if_packet.h) at ingress,
/// OUTGOING at egress.
public enum PacketType {
  HOST,
  BROADCAST,
  MULTICAST,
  OTHERHOST,
  OUTGOING,
  LOOPBACK,
  USER,
  KERNEL;

  private static final PacketType[] VALUES = values();

  /// The kernel's number.
  @SuppressWarnings("EnumOrdinal") // they are listed by it
  public int number() {
    return ordinal();
  }

  /// By the kernel's number; numbers it does not have count as OTHERHOST.
  public static PacketType of(int number) {
    return number >= 0 && number < VALUES.length ? VALUES[number] : OTHERHOST;
  }
}

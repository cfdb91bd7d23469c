package dev.jig.event;

/// The kernel's `pkt_type` (include/uapi/linux/if_packet.h) at ingress; OUTGOING at egress.
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
  @SuppressWarnings("EnumOrdinal") // declared in the kernel's order
  public int number() {
    return ordinal();
  }

  /// The type with the kernel's number; OTHERHOST for an unknown number.
  public static PacketType of(int number) {
    return number >= 0 && number < VALUES.length ? VALUES[number] : OTHERHOST;
  }
}

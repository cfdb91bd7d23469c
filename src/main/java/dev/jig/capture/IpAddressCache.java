package dev.jig.capture;

import dev.jig.event.IpAddress;
import org.jspecify.annotations.Nullable;

/// Shares address objects, so that the text of a repeated address is made once. Direct-mapped,
/// 1,024 slots.
final class IpAddressCache {
  private static final int SLOTS = 1024;

  private final @Nullable IpAddress[] slots = new @Nullable IpAddress[SLOTS];

  /// The address of 16 bytes, given as two big-endian halves; an IPv4-mapped one is IPv4.
  IpAddress get(long high, long low) {
    long mixed = (high * 31 + low) * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 54);
    IpAddress cached = slots[slot];
    IpAddress address = IpAddress.v6(high, low);
    if (address.equals(cached)) {
      return cached;
    }
    slots[slot] = address;
    return address;
  }
}

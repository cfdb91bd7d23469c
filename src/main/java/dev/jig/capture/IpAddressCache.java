package dev.jig.capture;

import dev.jig.event.IpAddress;
import org.jspecify.annotations.Nullable;

/// Addresses by their bits, so that a repeated one is the same object and its text is made once.
/// Direct-mapped, so it can't grow.
final class IpAddressCache {
  private static final int SLOTS = 1024;

  private final @Nullable IpAddress[] entries = new @Nullable IpAddress[SLOTS];

  /// The address of 16 bytes given as two halves in network order; IPv4 in its mapped form.
  IpAddress get(long high, long low) {
    long mixed = (high * 31 + low) * 0x9e3779b97f4a7c15L;
    int slot = (int) (mixed >>> 54);
    IpAddress known = entries[slot];
    IpAddress address = IpAddress.v6(high, low);
    if (address.equals(known)) {
      return known;
    }
    entries[slot] = address;
    return address;
  }
}

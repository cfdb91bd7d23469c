package dev.jig.capture;

import dev.jig.event.IpAddress;
import dev.jig.table.DirectMapped;

/// Shares address objects, so that the text of a repeated address is made once. Direct mapped,
/// 1,024 slots.
final class IpAddressCache {
  private final DirectMapped<IpAddress> addresses = new DirectMapped<>(1024);

  /// The address of 16 bytes, given as two big-endian halves; an IPv4-mapped one is IPv4.
  IpAddress get(long high, long low) {
    long hash = high * 31 + low;
    IpAddress cached = addresses.get(hash);
    IpAddress address = IpAddress.v6(high, low);
    if (cached != null && cached.equals(address)) {
      return cached;
    }
    addresses.put(hash, address);
    return address;
  }
}

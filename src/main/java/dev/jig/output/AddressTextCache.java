package dev.jig.output;

import dev.jig.event.IpAddress;
import dev.jig.table.DirectMapped;

/// Caches the text of recently used addresses. Direct mapped, 1,024 slots.
public final class AddressTextCache {
  private record Cached(IpAddress address, String text) {}

  private final DirectMapped<Cached> texts = new DirectMapped<>(1024);

  public String get(IpAddress address) {
    long hash = address.low() ^ Long.rotateLeft(address.high(), 17);
    Cached cached = texts.get(hash);
    if (cached == null || !address.equals(cached.address)) {
      cached = new Cached(address, address.toString());
      texts.put(hash, cached);
    }
    return cached.text;
  }
}

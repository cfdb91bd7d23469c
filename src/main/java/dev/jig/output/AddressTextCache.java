package dev.jig.output;

import dev.jig.event.IpAddress;
import org.jspecify.annotations.Nullable;

/// Caches the text of recently used addresses in 1,024 direct-mapped slots: a colliding address
/// replaces the previous one.
public final class AddressTextCache {
  private static final int SLOTS = 1024;
  private static final int SHIFT = Long.SIZE - Integer.numberOfTrailingZeros(SLOTS);

  private final @Nullable IpAddress[] addresses = new @Nullable IpAddress[SLOTS];
  private final String[] texts = new String[SLOTS];

  public String get(IpAddress address) {
    int slot = slotOf(address);
    if (!address.equals(addresses[slot])) {
      addresses[slot] = address;
      texts[slot] = address.toString();
    }
    return texts[slot];
  }

  private static int slotOf(IpAddress address) {
    long mixed = (address.low() ^ Long.rotateLeft(address.high(), 17)) * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> SHIFT);
  }
}

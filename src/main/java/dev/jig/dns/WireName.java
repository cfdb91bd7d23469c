package dev.jig.dns;

/// Expands compressed names that a [WireCursor] has checked.
final class WireName {
  private WireName() {}

  /// Writes the name without compression, case as on the wire; returns its length, at most 255.
  static int expand(byte[] buffer, int messageStart, int nameStart, byte[] target) {
    int at = nameStart;
    int written = 0;
    for (int label = buffer[at] & 0xff; label != 0; label = buffer[at] & 0xff) {
      if (WireCursor.isPointer(label)) {
        at = WireCursor.pointerTarget(buffer, messageStart, at);
        continue;
      }
      System.arraycopy(buffer, at, target, written, label + 1);
      written += label + 1;
      at += label + 1;
    }
    target[written] = 0;
    return written + 1;
  }
}

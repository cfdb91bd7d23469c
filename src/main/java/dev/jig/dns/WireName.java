package dev.jig.dns;

import java.nio.charset.StandardCharsets;

/// Turns names that a [WireCursor] has checked into text and into uncompressed form.
final class WireName {
  /// Four characters for each byte, as `\DDD`.
  private final byte[] text = new byte[4 * WireCursor.MAX_NAME_LENGTH];

  private int length;

  /// The presentation form with trailing dot (RFC 1035 section 5.1): bytes that are not printable
  /// ASCII as `\DDD` (RFC 4343 section 2.1), dots and backslashes within labels behind a backslash,
  /// case as on the wire.
  String text(byte[] buffer, int messageStart, int nameStart) {
    length = 0;
    int at = nameStart;
    for (int label = buffer[at] & 0xff; label != 0; label = buffer[at] & 0xff) {
      if (WireCursor.isPointer(label)) {
        at = WireCursor.pointerTarget(buffer, messageStart, at);
        continue;
      }
      for (int i = at + 1; i <= at + label; i++) {
        append(buffer[i] & 0xff);
      }
      text[length++] = '.';
      at += label + 1;
    }
    return length == 0 ? "." : new String(text, 0, length, StandardCharsets.ISO_8859_1);
  }

  private void append(int octet) {
    if (octet <= ' ' || octet >= 0x7f) {
      text[length++] = '\\';
      text[length++] = (byte) ('0' + octet / 100);
      text[length++] = (byte) ('0' + octet / 10 % 10);
      text[length++] = (byte) ('0' + octet % 10);
      return;
    }
    if (octet == '.' || octet == '\\') {
      text[length++] = '\\';
    }
    text[length++] = (byte) octet;
  }

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

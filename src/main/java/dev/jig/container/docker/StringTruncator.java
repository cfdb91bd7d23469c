package dev.jig.container.docker;

import java.io.IOException;
import java.io.InputStream;

/// A JSON text whose over-long strings are cut on the way, so that no parser behind it ever holds
/// one: a label may have megabytes. Cuts fall between characters, never inside an escape or a UTF-8
/// sequence.
final class StringTruncator extends InputStream {
  private static final int UNICODE_ESCAPE_DIGITS = 4;

  private final InputStream in;
  private final int maxBytes;
  private boolean inString;
  private int length;

  /// Bytes of an escape that are still to come, the one after the backslash included.
  private int escapeLeft;

  private boolean escapeBegins;
  private boolean cutting;

  /// @param maxBytes of one string, as written in the JSON text
  StringTruncator(InputStream in, int bytesAtMost) {
    this.in = in;
    this.maxBytes = bytesAtMost;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      int read = in.read(bytes, offset, length);
      if (read <= 0) {
        return read;
      }
      int kept = offset;
      for (int i = offset; i < offset + read; i++) {
        if (isKept(bytes[i])) {
          bytes[kept++] = bytes[i];
        }
      }
      if (kept > offset) {
        return kept - offset;
      }
    }
  }

  private boolean isKept(byte next) {
    if (!inString) {
      inString = next == '"';
      length = 0;
      cutting = false;
      return true;
    }
    if (escapeLeft > 0) {
      escapeLeft = escapeBegins && next == 'u' ? UNICODE_ESCAPE_DIGITS : escapeLeft - 1;
      escapeBegins = false;
      length++;
      return !cutting;
    }
    if (next == '"') {
      inString = false;
      return true;
    }
    boolean startsCharacter = (next & 0xc0) != 0x80;
    cutting |= startsCharacter && length >= maxBytes;
    if (next == '\\') {
      escapeLeft = 1;
      escapeBegins = true;
    }
    length++;
    return !cutting;
  }
}

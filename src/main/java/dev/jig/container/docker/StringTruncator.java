package dev.jig.container.docker;

import java.io.IOException;
import java.io.InputStream;

/// Truncates long strings in a JSON text, so that the parser never holds one: a label may have
/// megabytes. Truncates between characters, never inside an escape or a UTF-8 sequence.
final class StringTruncator extends InputStream {
  private static final int UNICODE_ESCAPE_DIGITS = 4;

  private final InputStream in;
  private final int maxBytes;
  private boolean inString;
  private int length;

  /// Bytes left of the current escape, the one after the backslash included.
  private int escapeLeft;

  private boolean atEscapeStart;
  private boolean truncating;

  /// @param maxBytes of one string, counted in the JSON text
  StringTruncator(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
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
        if (advance(bytes[i])) {
          bytes[kept++] = bytes[i];
        }
      }
      if (kept > offset) {
        return kept - offset;
      }
    }
  }

  /// Advances the state over one byte of JSON; returns whether the byte is kept.
  private boolean advance(byte next) {
    if (!inString) {
      inString = next == '"';
      length = 0;
      truncating = false;
      return true;
    }
    if (escapeLeft > 0) {
      escapeLeft = atEscapeStart && next == 'u' ? UNICODE_ESCAPE_DIGITS : escapeLeft - 1;
      atEscapeStart = false;
      length++;
      return !truncating;
    }
    if (next == '"') {
      inString = false;
      return true;
    }
    boolean startsCharacter = (next & 0xc0) != 0x80;
    truncating |= startsCharacter && length >= maxBytes;
    if (next == '\\') {
      escapeLeft = 1;
      atEscapeStart = true;
    }
    length++;
    return !truncating;
  }
}

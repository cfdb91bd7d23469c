package dev.jig.output.pcapng;

import dev.jig.output.Escaping;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The text `column:value column:value` as UTF-8, in an array that grows on demand.
final class CommentBytes {
  private static final int ASCII_END = 0x80;
  private static final int MAX_UTF8_PER_CHAR = 3;

  /// The upper two bits of a byte within a character are 10 (RFC 3629 section 3).
  private static final int LEADING_BITS = 0xc0;

  private byte[] bytes = new byte[512];
  private ByteBuffer view = ByteBuffer.wrap(bytes);
  private int length;

  CommentBytes clear() {
    length = 0;
    return this;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  /// At most `maxBytes` bytes of the text, without a copy: valid until the next change.
  ByteBuffer view(int maxBytes) {
    int end = Math.min(length, maxBytes);
    while (end < length && (bytes[end] & LEADING_BITS) == ASCII_END) {
      end--; // not within a character
    }
    return view.limit(end).position(0);
  }

  /// Appends a column, its value escaped; nothing if the value is absent.
  void put(String column, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      String text = column + ":" + Escaping.TERMINAL.escape(value);
      put(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Appends columns that are encoded already.
  void put(byte[] columns) {
    if (columns.length > 0) {
      ensureCapacity(columns.length + 1);
      if (length > 0) {
        bytes[length++] = ' ';
      }
      putRaw(columns);
    }
  }

  /// Appends a value, which needs no escaping, to the column that was put last.
  void putValue(CharSequence value) {
    int count = value.length();
    ensureCapacity(MAX_UTF8_PER_CHAR * count);
    for (int i = 0; i < count; i++) {
      char c = value.charAt(i);
      if (c < ASCII_END) {
        bytes[length++] = (byte) c;
      } else {
        putRaw(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /// Precondition: there is room.
  private void putRaw(byte[] encoded) {
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
  }

  private void ensureCapacity(int needed) {
    if (bytes.length - length < needed) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + needed));
      view = ByteBuffer.wrap(bytes);
    }
  }
}

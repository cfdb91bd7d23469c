package dev.jig.output;

import dev.jig.fields.Width.Ellipsis;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Rows of a table as UTF-8 in an array that grows on demand.
///
/// Every byte behind the end is a blank, so that padding a cell only moves the end.
final class RowBytes {
  private static final byte[] CUT = "…".getBytes(StandardCharsets.UTF_8);

  private byte[] bytes;
  private int length;

  /// @param capacity the initial capacity in bytes
  RowBytes(int capacity) {
    bytes = new byte[capacity];
    Arrays.fill(bytes, (byte) ' ');
  }

  int length() {
    return length;
  }

  /// A copy of the bytes from `start` to the end.
  byte[] copyFrom(int start) {
    return Arrays.copyOfRange(bytes, start, length);
  }

  /// Copies the bytes from `start` to the end.
  void copyFrom(int start, byte[] to) {
    System.arraycopy(bytes, start, to, 0, length - start);
  }

  void append(byte[] piece) {
    ensureCapacity(piece.length);
    System.arraycopy(piece, 0, bytes, length, piece.length);
    length += piece.length;
  }

  void append(char ascii) {
    ensureCapacity(1);
    bytes[length++] = (byte) ascii;
  }

  void appendBlanks(int count) {
    ensureCapacity(count);
    length += count;
  }

  @SuppressWarnings("deprecation") // takes the low byte of each character, which is what ASCII is
  void appendAscii(String ascii) {
    int count = ascii.length();
    ensureCapacity(count);
    ascii.getBytes(0, count, bytes, length);
    length += count;
  }

  /// Appends a number in decimal.
  void appendNumber(long value) {
    if (value < 0) {
      appendAscii(Long.toString(value));
      return;
    }
    int digits = Decimal.digits(value);
    ensureCapacity(digits);
    Decimal.write(bytes, length, digits, value);
    length += digits;
  }

  /// Overwrites the bytes at `start` with the value in decimal, with leading zeros.
  void overwriteNumber(int start, int digits, long value) {
    Decimal.write(bytes, start, digits, value);
  }

  /// Ends a cell that began at `start`: cuts or pads it to `width` terminal cells.
  ///
  /// Precondition: only ASCII was appended since `start`.
  void endCell(int start, int width, Ellipsis ellipsis) {
    if (length - start > width) {
      cut(start, width, ellipsis);
    } else {
      appendBlanks(start + width - length);
    }
  }

  private void cut(int start, int width, Ellipsis ellipsis) {
    ensureCapacity(CUT.length - 1); // an excess of one byte makes room for one of the sign's
    int tail = Cells.tail(width, ellipsis);
    int cutAt = start + width - 1 - tail;
    int oldEnd = length;
    length = cutAt + CUT.length + tail;
    System.arraycopy(bytes, oldEnd - tail, bytes, cutAt + CUT.length, tail);
    System.arraycopy(CUT, 0, bytes, cutAt, CUT.length);
    if (oldEnd > length) {
      Arrays.fill(bytes, length, oldEnd, (byte) ' ');
    }
  }

  /// Appends a text, cut or padded to `width` terminal cells, after escaping.
  void appendCell(String raw, int width, Ellipsis ellipsis) {
    if (Escaping.TERMINAL.isPlain(raw)) {
      int start = length;
      appendAscii(raw);
      endCell(start, width, ellipsis);
      return;
    }
    StringBuilder cell = new StringBuilder(width);
    Cells.append(cell, Escaping.TERMINAL.escape(raw), width, ellipsis);
    appendText(cell.toString());
  }

  /// Appends a text, padded to `width` terminal cells but never cut, after escaping.
  void appendWholeCell(String raw, int width) {
    if (Escaping.TERMINAL.isPlain(raw)) {
      appendAscii(raw);
      appendBlanks(Math.max(0, width - raw.length()));
      return;
    }
    String escaped = Escaping.TERMINAL.escape(raw);
    appendText(escaped);
    appendBlanks(Math.max(0, width - Cells.width(escaped)));
  }

  /// Appends any text as it is.
  void appendText(String text) {
    append(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes all bytes and removes them, even if the write fails.
  void writeTo(OutputStream out) throws IOException {
    int pending = length;
    length = 0;
    try {
      out.write(bytes, 0, pending);
    } finally {
      Arrays.fill(bytes, 0, pending, (byte) ' ');
    }
  }

  private void ensureCapacity(int needed) {
    if (bytes.length - length < needed) {
      int capacity = bytes.length;
      bytes = Arrays.copyOf(bytes, Math.max(2 * capacity, length + needed));
      Arrays.fill(bytes, capacity, bytes.length, (byte) ' ');
    }
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}

package dev.jig.pcap;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Iterates over the options at the end of a pcapng block.
///
/// ```
///  0        2        4                 4 + length, padded to 4
///  +--------+--------+-----------------+--
///  | code   | length | value           |   … until code 0 or the block's end
///  +--------+--------+-----------------+--
/// ```
final class OptionCursor {
  private static final int HEADER_LENGTH = 4;
  private static final int END_OF_OPTIONS = 0;

  private final byte[] bytes;
  private final int end;
  private final Endian endian;
  private int next;
  private int code;
  private int valueOffset;
  private int valueLength;
  private boolean damaged;

  OptionCursor(byte[] bytes, int offset, int end, Endian endian) {
    this.bytes = bytes;
    this.next = offset;
    this.end = end;
    this.endian = endian;
  }

  /// Moves to the next option; false at the end of the list or before an option that exceeds it.
  boolean next() {
    if (next == end || damaged) {
      return false;
    }
    if (end - next < HEADER_LENGTH) {
      damaged = true;
      return false;
    }
    code = endian.u16(bytes, next);
    valueLength = endian.u16(bytes, next + 2);
    valueOffset = next + HEADER_LENGTH;
    if (code == END_OF_OPTIONS) {
      next = end;
      return false;
    }
    damaged = valueLength > end - valueOffset;
    next = Math.min(end, valueOffset + padded(valueLength));
    return !damaged;
  }

  /// Option values and packet data are padded to 32 bits.
  static int padded(int length) {
    return length + 3 & ~3;
  }

  int code() {
    return code;
  }

  int valueOffset() {
    return valueOffset;
  }

  int valueLength() {
    return valueLength;
  }

  /// Whether an option exceeded the block.
  boolean isDamaged() {
    return damaged;
  }

  /// The integer at `offset` of the current value.
  int i32(int offset) {
    return endian.i32(bytes, valueOffset + offset);
  }

  /// Copies the current value from `offset` on.
  byte[] copyValue(int offset) {
    return Arrays.copyOfRange(bytes, valueOffset + offset, valueOffset + valueLength);
  }

  /// A copy of the current option.
  CaptureOption option() {
    byte[] value = copyValue(0);
    ByteBuffer view = ByteBuffer.wrap(value).asReadOnlyBuffer().order(endian.byteOrder());
    return new CaptureOption(code, view);
  }
}

package dev.jig.wire;

import dev.jig.event.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Protobuf fields in an array that grows on demand (protobuf.dev/programming-guides/encoding).
/// Unlike the generated classes it needs no object per message and no size in advance.
final class ProtoBytes {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int TYPE_BITS = 3;

  private static final int VARINT_BITS = 7;
  private static final int MORE = 1 << VARINT_BITS;
  private static final int MAX_VARINT_BYTES = 10;

  private byte[] bytes;
  private ByteBuffer view;
  private int length;

  /// @param capacity the initial capacity in bytes
  ProtoBytes(int capacity) {
    bytes = new byte[capacity];
    view = ByteBuffer.wrap(bytes);
  }

  /// Removes all bytes.
  ProtoBytes clear() {
    length = 0;
    return this;
  }

  int length() {
    return length;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, length);
  }

  /// All bytes, without a copy: valid until the next change.
  ByteBuffer view() {
    return view.limit(length).position(0);
  }

  /// Appends bytes as they are.
  void putRaw(byte[] encoded) {
    ensureCapacity(encoded.length);
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
  }

  /// A number; nothing for 0, which readers take an absent number for.
  void putNumber(int field, long value) {
    if (value != 0) {
      putPresentNumber(field, value);
    }
  }

  /// A number of a field that distinguishes 0 from absent.
  void putPresentNumber(int field, long value) {
    ensureCapacity(2 * MAX_VARINT_BYTES);
    putVarint((long) field << TYPE_BITS | VARINT);
    putVarint(value);
  }

  void putBoolean(int field, boolean value) {
    putNumber(field, value ? 1 : 0);
  }

  /// A text; nothing for null.
  void putText(int field, @Nullable String text) {
    if (text != null) {
      putBytes(field, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  void putBytes(int field, byte[] value) {
    beginBytes(field, value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
  }

  /// 4 or 16 bytes in network order; nothing for null.
  void putAddress(int field, @Nullable IpAddress address) {
    if (address == null) {
      return;
    }
    if (address.version() == 4) {
      beginBytes(field, Integer.BYTES);
      putBigEndian(address.low(), Integer.BYTES);
    } else {
      beginBytes(field, 2 * Long.BYTES);
      putBigEndian(address.high(), Long.BYTES);
      putBigEndian(address.low(), Long.BYTES);
    }
  }

  private void putBigEndian(long value, int count) {
    for (int shift = Byte.SIZE * (count - 1); shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  private void beginBytes(int field, int count) {
    ensureCapacity(2 * MAX_VARINT_BYTES + count);
    putVarint((long) field << TYPE_BITS | LENGTH_DELIMITED);
    putVarint(count);
  }

  /// Begins a nested message.
  ///
  /// @return its start, for [#end]
  int begin(int field) {
    ensureCapacity(2 * MAX_VARINT_BYTES);
    putVarint((long) field << TYPE_BITS | LENGTH_DELIMITED);
    return ++length; // the length takes one byte; end makes room if it needs more
  }

  /// Ends the nested message that began at `start`.
  void end(int start) {
    int size = length - start;
    int more = lengthOfVarint(size) - 1;
    if (more > 0) {
      ensureCapacity(more);
      System.arraycopy(bytes, start, bytes, start + more, size);
    }
    length = start - 1;
    putVarint(size);
    length += size;
  }

  private static int lengthOfVarint(int value) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(value);
    return Math.max(1, Math.ceilDiv(bits, VARINT_BITS));
  }

  /// Precondition: there is room for [#MAX_VARINT_BYTES].
  private void putVarint(long value) {
    long rest = value;
    while ((rest & -MORE) != 0) {
      bytes[length++] = (byte) (rest | MORE);
      rest >>>= VARINT_BITS;
    }
    bytes[length++] = (byte) rest;
  }

  private void ensureCapacity(int needed) {
    if (bytes.length - length < needed) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + needed));
      view = ByteBuffer.wrap(bytes);
    }
  }
}

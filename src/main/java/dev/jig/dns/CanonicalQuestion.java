package dev.jig.dns;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A question in canonical form, in which equal questions have equal bytes, and its hash.
///
/// ```
///   name, uncompressed and in lower case, 1 to 255 | type 2 | class 2
/// ```
final class CanonicalQuestion {
  static final int MAX_LENGTH = WireCursor.MAX_NAME_LENGTH + 4;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EVERY_BYTE = 0x0101010101010101L;
  private static final long TOP_BITS = 0x8080808080808080L;
  private static final long SEED = 0x8f1d3a5b92c64e07L;
  private static final long ODD = 0x9e3779b97f4a7c15L;

  private final byte[] wire = new byte[MAX_LENGTH];
  private int length;
  private long hash;
  private boolean lowered;

  void clear() {
    length = 0;
    hash = 0;
    lowered = false;
  }

  /// Copies the question that the cursor has just read.
  void set(byte[] buffer, int messageStart, WireCursor cursor) {
    int nameLength = cursor.nameLength();
    long mixed =
        cursor.nameCompressed()
            ? lowerExpanded(buffer, messageStart, cursor.nameStart())
            : lower(buffer, cursor.nameStart(), nameLength);
    int type = cursor.questionType();
    int questionClass = cursor.questionClass();
    put16(nameLength, type);
    put16(nameLength + 2, questionClass);
    length = nameLength + 4;
    hash = mix(mix(mixed ^ ((long) nameLength << 32 | (long) type << 16 | questionClass)));
  }

  /// 0 without a question.
  int length() {
    return length;
  }

  int type() {
    return WireCursor.read16(wire, length - 4);
  }

  int questionClass() {
    return WireCursor.read16(wire, length - 2);
  }

  long hash() {
    return hash;
  }

  /// Whether the name had upper-case letters.
  boolean isLowered() {
    return lowered;
  }

  int copyTo(byte[] target, int at) {
    System.arraycopy(wire, 0, target, at, length);
    return length;
  }

  boolean isEqualTo(byte[] other, int at, int otherLength) {
    return Arrays.equals(wire, 0, length, other, at, at + otherLength);
  }

  private long lowerExpanded(byte[] buffer, int messageStart, int nameStart) {
    return lower(wire, 0, WireName.expand(buffer, messageStart, nameStart, wire));
  }

  /// Copies and hashes an uncompressed name in lower case, eight bytes at a time. Length bytes stay
  /// unchanged: they are at most 63, and `A` is 65.
  private long lower(byte[] from, int start, int nameLength) {
    long mixed = SEED;
    int done = 0;
    for (; done + 8 <= nameLength; done += 8) {
      long read = (long) WORD.get(from, start + done);
      long word = lower(read);
      lowered |= word != read;
      WORD.set(wire, done, word);
      mixed = mix(mixed ^ word);
    }
    long rest = 0;
    for (; done < nameLength; done++) {
      int octet = lower(from[start + done]);
      lowered |= octet != from[start + done];
      wire[done] = (byte) octet;
      rest = rest << 8 | octet & 0xff;
    }
    return mix(mixed ^ rest);
  }

  private static int lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
  }

  /// Sets bit 5 in each of eight bytes that is `A` to `Z`. No sum carries into the next byte.
  private static long lower(long word) {
    long low7 = word & ~TOP_BITS;
    long fromA = low7 + (0x80 - 'A') * EVERY_BYTE;
    long afterZ = low7 + (0x7f - 'Z') * EVERY_BYTE;
    long upper = fromA & ~afterZ & ~word & TOP_BITS;
    return word | upper >>> 2;
  }

  private static long mix(long value) {
    long product = value * ODD;
    return product ^ product >>> 32;
  }

  private void put16(int at, int value) {
    wire[at] = (byte) (value >>> 8);
    wire[at + 1] = (byte) value;
  }
}

package dev.jig.output;

import java.util.stream.LongStream;

/// Writes numbers into a byte array in decimal.
public final class Decimal {
  /// The digits of the longest number.
  public static final int MAX_DIGITS = 19;

  private static final long[] POWERS_OF_10 =
      LongStream.iterate(1, power -> power * 10).limit(MAX_DIGITS).toArray();

  /// The digits of 00 to 99.
  private static final byte[] PAIRS = pairs();

  private Decimal() {}

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  /// The number of digits of a number that is not negative.
  public static int digits(long value) {
    // 1233/4096 is just above log10(2): right or one too few
    int atLeast = (Long.SIZE - Long.numberOfLeadingZeros(value)) * 1233 >>> 12;
    return value < POWERS_OF_10[atLeast] ? Math.max(atLeast, 1) : atLeast + 1;
  }

  /// Writes a number that is not negative, with leading zeros if `digits` exceeds those it has.
  public static void write(byte[] to, int start, int digits, long value) {
    int at = start + digits;
    long rest = value;
    while (at - start >= 2) {
      long hundreds = rest / 100;
      int pair = (int) (rest - hundreds * 100) * 2;
      to[--at] = PAIRS[pair + 1];
      to[--at] = PAIRS[pair];
      rest = hundreds;
    }
    if (at > start) {
      to[--at] = (byte) ('0' + rest);
    }
  }
}

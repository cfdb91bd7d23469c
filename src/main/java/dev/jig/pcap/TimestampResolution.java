package dev.jig.pcap;

/// The unit of an interface's timestamps, its option `if_tsresol`: a negative power of 10, or of 2
/// if the top bit is set.
record TimestampResolution(int value) {
  static final TimestampResolution MICROSECONDS = new TimestampResolution(6);

  private static final int POWER_OF_TWO = 0x80;
  private static final int NS_EXPONENT = 9;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  /// 10^19 is the largest power of ten in 64 unsigned bits.
  private static final int MAX_EXPONENT = 19;

  /// The most seconds that fit 64 bits as nanoseconds, less one.
  private static final long MAX_SECONDS = Long.MAX_VALUE / NS_PER_SECOND - 1;

  TimestampResolution {
    if (value < 0 || value > 0xff) {
      throw new IllegalArgumentException("if_tsresol " + value);
    }
  }

  /// Nanoseconds since the epoch, clamped to 64 bits.
  ///
  /// @param ticks unsigned
  /// @param offsetSeconds the interface's `if_tsoffset`
  long toNs(long ticks, long offsetSeconds) {
    int exponent = value & ~POWER_OF_TWO;
    return (value & POWER_OF_TWO) != 0
        ? fromBinary(ticks, exponent, offsetSeconds)
        : fromDecimal(ticks, exponent, offsetSeconds);
  }

  private static long fromDecimal(long ticks, int exponent, long offsetSeconds) {
    if (exponent > MAX_EXPONENT) {
      int excess = exponent - NS_EXPONENT;
      long ns = excess > MAX_EXPONENT ? 0 : Long.divideUnsigned(ticks, powerOfTen(excess));
      return join(0, ns, offsetSeconds);
    }
    long perSecond = powerOfTen(exponent);
    long seconds = Long.divideUnsigned(ticks, perSecond);
    long rest = Long.remainderUnsigned(ticks, perSecond);
    long ns =
        exponent <= NS_EXPONENT
            ? rest * powerOfTen(NS_EXPONENT - exponent)
            : Long.divideUnsigned(rest, powerOfTen(exponent - NS_EXPONENT));
    return join(seconds, ns, offsetSeconds);
  }

  private static long fromBinary(long ticks, int exponent, long offsetSeconds) {
    if (exponent == 0) {
      return join(ticks, 0, offsetSeconds);
    }
    long seconds = exponent < 64 ? ticks >>> exponent : 0;
    long rest = exponent < 64 ? ticks & (1L << exponent) - 1 : ticks;
    long high = Math.unsignedMultiplyHigh(rest, NS_PER_SECOND);
    long low = rest * NS_PER_SECOND;
    long ns = exponent < 64 ? high << (64 - exponent) | low >>> exponent : high >>> (exponent - 64);
    return join(seconds, ns, offsetSeconds);
  }

  private static long join(long seconds, long ns, long offsetSeconds) {
    if (seconds < 0) {
      return Long.MAX_VALUE; // unsigned, beyond 2^63 seconds
    }
    long sum = seconds + offsetSeconds;
    if (sum < 0 && offsetSeconds > 0 || sum > MAX_SECONDS) {
      return Long.MAX_VALUE;
    }
    return sum < -MAX_SECONDS ? Long.MIN_VALUE : sum * NS_PER_SECOND + ns;
  }

  private static long powerOfTen(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }
}

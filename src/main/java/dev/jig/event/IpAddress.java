package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// An IPv4 or IPv6 address as a value. IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`, RFC 4291
/// section 2.5.5.2) are normalised to IPv4 on construction by [#of].
///
/// @param version 4 or 6
/// @param high the upper 64 bits in network order, 0 for IPv4
/// @param low the lower 64 bits in network order; an IPv4 address is in its lower 32
public record IpAddress(int version, long high, long low) {
  private static final long MAPPED_PREFIX = 0xffffL;

  public IpAddress {
    if (version != 4 && version != 6) {
      throw new IllegalArgumentException("IP version " + version);
    }
  }

  /// An IPv4 address from its 32 bits.
  public static IpAddress v4(int bits) {
    return new IpAddress(4, 0, bits & 0xffffffffL);
  }

  /// An address from two halves of 16 bytes; mapped addresses become IPv4.
  public static IpAddress v6(long high, long low) {
    if (high == 0 && low >>> 32 == MAPPED_PREFIX) {
      return v4((int) low);
    }
    return new IpAddress(6, high, low);
  }

  /// The address at `offset`: 4 or 16 bytes in network order.
  public static IpAddress of(byte[] bytes, int offset, int length) {
    return length == 4
        ? v4((int) bigEndian(bytes, offset, 4))
        : v6(bigEndian(bytes, offset, 8), bigEndian(bytes, offset + 8, 8));
  }

  /// The all-zero address, which an unbound socket has.
  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  /// 127.0.0.0/8 or ::1.
  public boolean isLoopback() {
    return version == 4 ? low >>> 24 == 127 : high == 0 && low == 1;
  }

  /// 224.0.0.0/4 or ff00::/8.
  public boolean isMulticast() {
    return version == 4 ? low >>> 28 == 0xe : high >>> 56 == 0xff;
  }

  /// Written out: C2 does not always inline what a record generates, and this runs per packet.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof IpAddress that
            && low == that.low
            && high == that.high
            && version == that.version;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low) * 31 + version;
  }

  /// Dotted quad for IPv4, RFC 5952 for IPv6.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(40);
    if (version == 4) {
      appendV4(text);
    } else {
      appendV6(text);
    }
    return text.toString();
  }

  private void appendV4(StringBuilder text) {
    int bits = (int) low;
    text.append(bits >>> 24).append('.').append(bits >>> 16 & 0xff);
    text.append('.').append(bits >>> 8 & 0xff).append('.').append(bits & 0xff);
  }

  private void appendV6(StringBuilder text) {
    int zeroStart = -1;
    int zeroLength = 1; // RFC 5952 section 4.2.2: a single zero field is not shortened
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && field(i + run) == 0) {
        run++;
      }
      if (run > zeroLength) {
        zeroStart = i;
        zeroLength = run;
      }
      i += run;
    }
    for (int i = 0; i < 8; i++) {
      if (i == zeroStart) {
        text.append("::");
        i += zeroLength - 1;
        continue;
      }
      if (i > 0 && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(field(i)));
    }
  }

  private int field(int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> (48 - 16 * (index & 3))) & 0xffff;
  }

  private static long bigEndian(byte[] bytes, int offset, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | bytes[offset + i] & 0xff;
    }
    return value;
  }
}

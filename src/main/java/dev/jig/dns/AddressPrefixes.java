package dev.jig.dns;

/// Prefixes of addresses (RFC 3123 section 4), each `[!]family:address/length`.
///
/// ```
///   family 2 | prefix length 1 | negation 1 bit, bytes 7 bits | address, without zeros at its end
/// ```
final class AddressPrefixes {
  private static final int HEAD_LENGTH = 4;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;

  private AddressPrefixes() {}

  static boolean write(RecordData data, Presentation text) {
    for (boolean first = true; data.remaining() > 0; first = false) {
      if (!first) {
        text.put(' ');
      }
      if (!data.has(HEAD_LENGTH) || !writeOne(data, text)) {
        return data.bad();
      }
    }
    return true;
  }

  private static boolean writeOne(RecordData data, Presentation text) {
    int family = data.take16();
    int prefixLength = data.take8();
    int counted = data.take8();
    int bytes = counted & 0x7f;
    int longest = family == IPV4 ? 4 : family == IPV6 ? 16 : bytes;
    if (bytes > longest || !data.has(bytes) || family <= IPV6 && prefixLength > 8 * longest) {
      return false;
    }
    if (counted > bytes) {
      text.put('!');
    }
    text.decimal(family).put(':');
    byte[] address = new byte[longest];
    System.arraycopy(data.buffer(), data.at(), address, 0, bytes);
    data.skip(bytes);
    switch (family) {
      case IPV4 -> text.ipv4(address, 0);
      case IPV6 -> text.ipv6(address, 0);
      default -> text.hex(address, 0, bytes);
    }
    text.put('/').decimal(prefixLength);
    return true;
  }
}

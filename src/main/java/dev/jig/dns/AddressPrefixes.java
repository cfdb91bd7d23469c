package dev.jig.dns;

/// APL data (RFC 3123 section 4): address prefixes, each as `[!]family:address/length`.
///
/// ```
///   family 2 | prefix length 1 | negation 1 bit, bytes 7 bits | address without trailing zeros
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
      if (!data.require(HEAD_LENGTH) || !writeOne(data, text)) {
        return data.fail();
      }
    }
    return true;
  }

  private static boolean writeOne(RecordData data, Presentation text) {
    int family = data.take16();
    int prefixLength = data.take8();
    int negationAndLength = data.take8();
    int bytes = negationAndLength & 0x7f;
    int addressLength = family == IPV4 ? 4 : family == IPV6 ? 16 : bytes;
    boolean valid = bytes <= addressLength && (family > IPV6 || prefixLength <= 8 * addressLength);
    if (!valid || !data.require(bytes)) {
      return false;
    }
    if (negationAndLength > bytes) {
      text.put('!');
    }
    text.decimal(family).put(':');
    byte[] address = new byte[addressLength];
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

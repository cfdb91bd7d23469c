package dev.jig.dns;

/// The way to somebody: nobody, an address or a name, as a type tells.
final class Gateway {
  private static final int NOBODY = 0;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;
  private static final int NAME = 3;

  private Gateway() {}

  /// What follows IPSECKEY's precedence (RFC 4025 section 2): type, algorithm, gateway, key.
  static boolean write(RecordData data, Presentation text) {
    if (!data.has(2)) {
      return false;
    }
    int type = data.take8();
    text.decimal(type).put(' ').decimal(data.take8()).put(' ');
    if (!writePlace(type, data, text)) {
      return false;
    }
    int key = data.remaining();
    if (key > 0) {
      text.put(' ').base64(data.buffer(), data.at(), data.at() + key);
      data.skip(key);
    }
    return true;
  }

  /// What follows AMTRELAY's precedence (RFC 8777 section 4.2): discovery bit, type, relay.
  static boolean writeRelay(RecordData data, Presentation text) {
    if (!data.has(1)) {
      return false;
    }
    int bits = data.take8();
    int type = bits & 0x7f;
    text.decimal(bits >> 7).put(' ').decimal(type).put(' ');
    return writePlace(type, data, text);
  }

  private static boolean writePlace(int type, RecordData data, Presentation text) {
    return switch (type) {
      case NOBODY -> text.put('.').length() > 0;
      case IPV4 -> data.ipv4();
      case IPV6 -> data.ipv6();
      case NAME -> data.name();
      default -> data.bad();
    };
  }
}

package dev.jig.dns;

/// The gateway of IPSECKEY and the relay of AMTRELAY: none, an address or a name, by a type byte.
final class Gateway {
  private static final int NONE = 0;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;
  private static final int NAME = 3;

  private Gateway() {}

  /// IPSECKEY after the precedence (RFC 4025 section 2): type, algorithm, gateway, key.
  static boolean write(RecordData data, Presentation text) {
    if (!data.require(2)) {
      return false;
    }
    int type = data.take8();
    text.decimal(type).put(' ').decimal(data.take8()).put(' ');
    if (!writeGateway(type, data, text)) {
      return false;
    }
    int key = data.remaining();
    if (key > 0) {
      text.put(' ').base64(data.buffer(), data.at(), data.at() + key);
      data.skip(key);
    }
    return true;
  }

  /// AMTRELAY after the precedence (RFC 8777 section 4.2): discovery bit, type, relay.
  static boolean writeRelay(RecordData data, Presentation text) {
    if (!data.require(1)) {
      return false;
    }
    int bits = data.take8();
    int type = bits & 0x7f;
    text.decimal(bits >> 7).put(' ').decimal(type).put(' ');
    return writeGateway(type, data, text);
  }

  private static boolean writeGateway(int type, RecordData data, Presentation text) {
    return switch (type) {
      case NONE -> text.put('.').length() > 0;
      case IPV4 -> data.writeIpv4();
      case IPV6 -> data.writeIpv6();
      case NAME -> data.writeName();
      default -> data.fail();
    };
  }
}

package dev.jig.capture;

/// Finds the packet that another packet carries: moves a frame from the header of a tunnel to the
/// IP header of the inner packet.
///
/// ```
/// IPIP, 6in4   protocol 4 (RFC 2003), 41 (RFC 4213)
/// GRE          flags, version 2 | EtherType 2 | [checksum 4] | [key 4] | [sequence 4]
///              protocol 47 (RFC 2784, RFC 2890)
/// VXLAN        flags 1 | reserved 3 | VNI 3 | reserved 1 | Ethernet
///              UDP port 4789 (RFC 7348), 8472 (Linux before it had a number)
/// Geneve       version 2 bits, option words 6 bits | flags 1 | EtherType 2 | VNI 3 | 0 1 | options
///              UDP port 6081 (RFC 8926)
/// ```
final class Tunnel {
  /// Tunnels within tunnels that are entered; more is not a network but an attack.
  static final int MAX_DEPTH = 4;

  private static final int IPV4 = 4;
  private static final int IPV6 = 41;
  private static final int GRE = 47;
  private static final int UDP = 17;

  private static final int GRE_LENGTH = 4;
  private static final int GRE_CHECKSUM = 0x8000;
  private static final int GRE_KEY = 0x2000;
  private static final int GRE_SEQUENCE = 0x1000;

  /// Bits that RFC 2784 section 2.1 forbids: routing (RFC 1701) and another version (PPTP's is 1).
  private static final int GRE_OTHER = 0x4007;

  private static final int UDP_LENGTH = 8;
  private static final int UDP_DESTINATION = 2;
  private static final int VXLAN_PORT = 4789;
  private static final int VXLAN_PORT_LINUX = 8472;
  private static final int VXLAN_LENGTH = 8;
  private static final int VXLAN_HAS_VNI = 0x08;
  private static final int GENEVE_PORT = 6081;
  private static final int GENEVE_LENGTH = 8;
  private static final int GENEVE_TYPE = 2;
  private static final int GENEVE_OPTION_WORDS = 0x3f;

  private final LinkHeader link;

  /// @param link reads the header of the inner packet's network
  Tunnel(LinkHeader link) {
    this.link = link;
  }

  /// Whether a protocol of an IP packet is that of a tunnel without UDP.
  static boolean isProtocol(int protocol) {
    return protocol == IPV4 || protocol == IPV6 || protocol == GRE;
  }

  /// Whether the transport header that `frame` starts with, or the packet in its place, belongs to
  /// a tunnel.
  boolean begins(int protocol, Frame frame) {
    if (isProtocol(protocol)) {
      return true;
    }
    return protocol == UDP
        && frame.need(UDP_LENGTH) == ParseResult.OK
        && isPort(frame.u16(UDP_DESTINATION));
  }

  private static boolean isPort(int port) {
    return port == VXLAN_PORT || port == VXLAN_PORT_LINUX || port == GENEVE_PORT;
  }

  /// Moves `frame` to the inner packet, of which [LinkHeader#ipVersion] is then the version.
  ///
  /// @return NOT_DNS for an inner packet that is neither IP nor Ethernet
  ParseResult enter(int protocol, Frame frame) {
    return switch (protocol) {
      case IPV4 -> link.readInner(LinkHeader.ETHERTYPE_IPV4, frame);
      case IPV6 -> link.readInner(LinkHeader.ETHERTYPE_IPV6, frame);
      case GRE -> enterGre(frame);
      default -> enterUdp(frame);
    };
  }

  private ParseResult enterGre(Frame frame) {
    ParseResult result = frame.need(GRE_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int flags = frame.u16(0);
    if ((flags & GRE_OTHER) != 0) {
      return ParseResult.NOT_DNS;
    }
    int optional = Integer.bitCount(flags & (GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE));
    return enter(GRE_LENGTH + 4 * optional, frame.u16(2), frame);
  }

  private ParseResult enterUdp(Frame frame) {
    boolean geneve = frame.u16(UDP_DESTINATION) == GENEVE_PORT;
    frame.offset += UDP_LENGTH;
    ParseResult result = frame.need(geneve ? GENEVE_LENGTH : VXLAN_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int first = frame.u8(0);
    if (geneve) {
      int options = 4 * (first & GENEVE_OPTION_WORDS);
      return first > GENEVE_OPTION_WORDS // another version than 0
          ? ParseResult.NOT_DNS
          : enter(GENEVE_LENGTH + options, frame.u16(GENEVE_TYPE), frame);
    }
    return (first & VXLAN_HAS_VNI) == 0
        ? ParseResult.NOT_DNS
        : enter(VXLAN_LENGTH, LinkHeader.ETHERTYPE_ETHERNET, frame);
  }

  private ParseResult enter(int headerLength, int etherType, Frame frame) {
    ParseResult result = frame.need(headerLength);
    if (result != ParseResult.OK) {
      return result;
    }
    frame.offset += headerLength;
    return link.readInner(etherType, frame);
  }
}

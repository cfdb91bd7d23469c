package dev.jig.capture;

import dev.jig.event.PacketType;
import org.jspecify.annotations.Nullable;

/// Parses a captured frame's link header, for the IP version and, from cooked headers, the packet
/// type.
///
/// ```
/// Ethernet   destination 6 | source 6 | EtherType 2
/// VLAN tag   priority, id 2 | EtherType 2            behind an EtherType 8100, 88a8 or 9100
/// PPPoE      version, type 1 | code 1 | session 2 | length 2 | PPP protocol 2     (RFC 2516)
/// MPLS       label 20 bits, class 3 bits, bottom 1 bit | TTL 1, up to the bottom  (RFC 3032)
/// cooked v1  packet type 2 | ARPHRD 2 | length 2 | address 8 | EtherType 2
/// cooked v2  EtherType 2 | 0 2 | ifindex 4 | ARPHRD 2 | packet type 1 | length 1 | address 8
/// null, loop address family 4, in the capturing machine's byte order
/// NFLOG      family 1 | version 1 | group 2 | attributes: length 2 | type 2 | value, of 4 bytes each
/// ```
final class LinkHeader {
  private static final int LINKTYPE_NULL = 0;
  private static final int LINKTYPE_ETHERNET = 1;
  private static final int DLT_RAW = 12;
  private static final int DLT_RAW_OPENBSD = 14;
  private static final int LINKTYPE_RAW = 101;
  private static final int LINKTYPE_LOOP = 108;
  private static final int LINKTYPE_LINUX_SLL = 113;
  private static final int LINKTYPE_IPV4 = 228;
  private static final int LINKTYPE_IPV6 = 229;
  private static final int LINKTYPE_NFLOG = 239;
  private static final int LINKTYPE_LINUX_SLL2 = 276;

  private static final int ETHERNET_LENGTH = 14;
  private static final int ETHERNET_TYPE_OFFSET = 12;
  private static final int VLAN_LENGTH = 4;
  private static final int VLAN_TYPE_OFFSET = 2;
  private static final int SLL_LENGTH = 16;
  private static final int SLL_TYPE_OFFSET = 14;

  /// The highest packet type in cooked headers, which are the kernel's (if_packet.h).
  private static final int SLL_OUTGOING = 4;

  private static final int SLL2_LENGTH = 20;
  private static final int SLL2_INTERFACE_OFFSET = 4;
  private static final int SLL2_PACKET_TYPE_OFFSET = 10;
  private static final int FAMILY_LENGTH = 4;

  private static final int PPPOE_LENGTH = 8;
  private static final int PPPOE_PROTOCOL = 6;
  private static final int PPP_IPV4 = 0x0021;
  private static final int PPP_IPV6 = 0x0057;
  private static final int MPLS_LENGTH = 4;

  /// The bottom of the stack, in the label's third byte.
  private static final int MPLS_BOTTOM = 1;

  private static final int NFLOG_LENGTH = 4;
  private static final int NFLOG_ATTRIBUTE_LENGTH = 4;
  private static final int NFLOG_PAYLOAD = 9;

  static final int ETHERTYPE_IPV4 = 0x0800;
  static final int ETHERTYPE_IPV6 = 0x86dd;

  /// Ethernet within a tunnel ("transparent Ethernet bridging").
  static final int ETHERTYPE_ETHERNET = 0x6558;

  private static final int ETHERTYPE_MPLS = 0x8847;
  private static final int ETHERTYPE_MPLS_MULTICAST = 0x8848;
  private static final int ETHERTYPE_PPPOE = 0x8864;
  private static final int ETHERTYPE_VLAN = 0x8100;
  private static final int ETHERTYPE_PROVIDER_VLAN = 0x88a8;
  private static final int ETHERTYPE_STACKED_VLAN = 0x9100;

  private @Nullable PacketType packetType;
  private int interfaceIndex;
  private int ipVersion;

  /// Null if the link type has none.
  @Nullable PacketType packetType() {
    return packetType;
  }

  /// The index of the network interface on the capturing machine, from a cooked header v2; else 0.
  int interfaceIndex() {
    return interfaceIndex;
  }

  /// 4 or 6; 0 if only the IP header has it.
  int ipVersion() {
    return ipVersion;
  }

  /// Forgets the last header.
  void reset() {
    packetType = null;
    interfaceIndex = 0;
    ipVersion = 0;
  }

  /// Moves `frame` to its IP header.
  ParseResult read(int linkType, Frame frame) {
    reset();
    return switch (linkType) {
      case LINKTYPE_ETHERNET -> ethernet(frame);
      case LINKTYPE_LINUX_SLL -> cooked(frame);
      case LINKTYPE_LINUX_SLL2 -> cooked2(frame);
      case LINKTYPE_NULL, LINKTYPE_LOOP -> loopback(frame);
      case LINKTYPE_RAW, DLT_RAW, DLT_RAW_OPENBSD -> ParseResult.OK;
      case LINKTYPE_IPV4 -> ip(4);
      case LINKTYPE_IPV6 -> ip(6);
      case LINKTYPE_NFLOG -> nflog(frame);
      default -> ParseResult.UNKNOWN_LINK_TYPE;
    };
  }

  /// Moves `frame` to the IP header of a packet within a tunnel, which has no packet type.
  ParseResult readInner(int etherType, Frame frame) {
    packetType = null;
    ipVersion = 0;
    return etherType == ETHERTYPE_ETHERNET ? ethernet(frame) : network(etherType, frame);
  }

  private ParseResult ethernet(Frame frame) {
    ParseResult result = frame.need(ETHERNET_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int etherType = frame.u16(ETHERNET_TYPE_OFFSET);
    frame.offset += ETHERNET_LENGTH;
    return network(etherType, frame);
  }

  private ParseResult cooked(Frame frame) {
    ParseResult result = frame.need(SLL_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    packetType = cookedType(frame.u16(0));
    int etherType = frame.u16(SLL_TYPE_OFFSET);
    frame.offset += SLL_LENGTH;
    return network(etherType, frame);
  }

  private ParseResult cooked2(Frame frame) {
    ParseResult result = frame.need(SLL2_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    packetType = cookedType(frame.u8(SLL2_PACKET_TYPE_OFFSET));
    interfaceIndex = frame.i32(SLL2_INTERFACE_OFFSET);
    int etherType = frame.u16(0);
    frame.offset += SLL2_LENGTH;
    return network(etherType, frame);
  }

  private static @Nullable PacketType cookedType(int number) {
    return number <= SLL_OUTGOING ? PacketType.of(number) : null;
  }

  private ParseResult network(int firstEtherType, Frame frame) {
    int etherType = firstEtherType;
    while (isVlan(etherType)) {
      ParseResult result = frame.need(VLAN_LENGTH);
      if (result != ParseResult.OK) {
        return result;
      }
      etherType = frame.u16(VLAN_TYPE_OFFSET);
      frame.offset += VLAN_LENGTH;
    }
    return switch (etherType) {
      case ETHERTYPE_IPV4 -> ip(4);
      case ETHERTYPE_IPV6 -> ip(6);
      case ETHERTYPE_MPLS, ETHERTYPE_MPLS_MULTICAST -> mpls(frame);
      case ETHERTYPE_PPPOE -> pppoe(frame);
      default -> ParseResult.NOT_DNS;
    };
  }

  /// The IP version is only in the IP header.
  private static ParseResult mpls(Frame frame) {
    boolean bottom = false;
    while (!bottom) {
      ParseResult result = frame.need(MPLS_LENGTH);
      if (result != ParseResult.OK) {
        return result;
      }
      bottom = (frame.u8(2) & MPLS_BOTTOM) != 0;
      frame.offset += MPLS_LENGTH;
    }
    ParseResult result = frame.need(1);
    int version = result == ParseResult.OK ? frame.u8(0) >>> 4 : 0;
    return result != ParseResult.OK || version == 4 || version == 6 ? result : ParseResult.NOT_DNS;
  }

  private ParseResult pppoe(Frame frame) {
    ParseResult result = frame.need(PPPOE_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int protocol = frame.u16(PPPOE_PROTOCOL);
    frame.offset += PPPOE_LENGTH;
    return switch (protocol) {
      case PPP_IPV4 -> ip(4);
      case PPP_IPV6 -> ip(6);
      default -> ParseResult.NOT_DNS;
    };
  }

  /// Attributes are in the capturing machine's byte order, which the lengths show: they are small.
  private static ParseResult nflog(Frame frame) {
    ParseResult result = frame.need(NFLOG_LENGTH);
    int length = NFLOG_LENGTH;
    while (result == ParseResult.OK) {
      frame.offset += length;
      result = frame.need(NFLOG_ATTRIBUTE_LENGTH);
      if (result == ParseResult.OK) {
        boolean littleEndian = frame.u8(3) == 0; // types are below 256
        length = littleEndian ? frame.u8(1) << 8 | frame.u8(0) : frame.u16(0);
        int type = littleEndian ? frame.u8(2) : frame.u16(2);
        if (length < NFLOG_ATTRIBUTE_LENGTH) {
          return ParseResult.BAD_HEADER;
        }
        if (type == NFLOG_PAYLOAD) {
          frame.offset += NFLOG_ATTRIBUTE_LENGTH;
          return ParseResult.OK;
        }
        length = length + 3 & ~3;
        result = frame.need(length);
      }
    }
    return result;
  }

  private static boolean isVlan(int etherType) {
    return etherType == ETHERTYPE_VLAN
        || etherType == ETHERTYPE_PROVIDER_VLAN
        || etherType == ETHERTYPE_STACKED_VLAN;
  }

  private ParseResult loopback(Frame frame) {
    ParseResult result = frame.need(FAMILY_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int family = frame.i32(0);
    frame.offset += FAMILY_LENGTH;
    // Families are below 65,536: the half that is zero shows the byte order.
    return switch ((family & 0xffff0000) == 0 ? family : Integer.reverseBytes(family)) {
      case 2 -> ip(4); // AF_INET everywhere
      case 10, 24, 28, 30 -> ip(6); // AF_INET6 on Linux, NetBSD and OpenBSD, FreeBSD, Darwin
      default -> ParseResult.NOT_DNS;
    };
  }

  private ParseResult ip(int version) {
    ipVersion = version;
    return ParseResult.OK;
  }
}

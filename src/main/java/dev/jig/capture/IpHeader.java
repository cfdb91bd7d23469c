package dev.jig.capture;

import dev.jig.event.IpAddress;

/// Parses an IP header with its options (RFC 791) or extension headers (RFC 8200).
final class IpHeader {
  private static final int V4_LENGTH = 20;
  private static final int V4_TOTAL_LENGTH_OFFSET = 2;
  private static final int V4_FRAGMENT_OFFSET = 6;
  private static final int V4_PROTOCOL_OFFSET = 9;
  private static final int V4_SOURCE_OFFSET = 12;
  private static final int V4_DESTINATION_OFFSET = 16;

  private static final int V4_ID_OFFSET = 4;

  /// More-fragments flag and fragment offset, without the don't-fragment flag.
  private static final int V4_FRAGMENT_MASK = 0x3fff;

  /// Fragment offset, in units of 8 bytes.
  private static final int V4_OFFSET_MASK = 0x1fff;

  private static final int V6_LENGTH = 40;
  private static final int V6_PAYLOAD_LENGTH_OFFSET = 4;
  private static final int V6_NEXT_HEADER_OFFSET = 6;
  private static final int V6_SOURCE_OFFSET = 8;
  private static final int V6_DESTINATION_OFFSET = 24;

  private static final int EXTENSION_LENGTH = 8;
  private static final int EXTENSION_FRAGMENT_OFFSET = 2;

  /// Fragment offset and more-fragments flag; the two bits between are reserved.
  private static final int EXTENSION_FRAGMENT_MASK = 0xfff9;

  private static final int EXTENSION_OFFSET_MASK = 0xfff8;
  private static final int EXTENSION_FRAGMENT_ID = 4;

  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int MOBILITY = 135;

  private byte[] bytes = {};
  private int sourceAt;
  private int destinationAt;
  private int addressLength;
  private int protocol;
  private int fragmentProtocol;
  private int fragmentId;
  private int fragmentOffset;
  private boolean moreFragments;

  /// Moves `frame` to the transport header, or to a fragment's payload, and ends it at the end of
  /// the IP packet.
  ///
  /// @param expectedVersion the link header's IP version, 0 for either
  ParseResult read(int expectedVersion, Frame frame) {
    ParseResult result = frame.need(1);
    if (result != ParseResult.OK) {
      return result;
    }
    int version = frame.u8(0) >>> 4;
    if (expectedVersion != 0 && version != expectedVersion) {
      return ParseResult.BAD_HEADER;
    }
    bytes = frame.bytes;
    return switch (version) {
      case 4 -> readV4(frame);
      case 6 -> readV6(frame);
      default -> ParseResult.BAD_HEADER;
    };
  }

  /// Continues in a reassembled packet behind the headers that were read in its fragments.
  ///
  /// @param firstHeader the number of the header that `frame` starts with
  ParseResult readReassembled(int firstHeader, Frame frame) {
    return readExtensions(firstHeader, frame);
  }

  /// Continues behind the IP header of a packet of which [#copyAddresses] was kept.
  ParseResult readBegun(byte[] addresses, int firstHeader, Frame frame) {
    bytes = addresses;
    setAddresses(0, addresses.length / 2, addresses.length / 2);
    return readExtensions(firstHeader, frame);
  }

  /// Source and destination.
  byte[] copyAddresses() {
    byte[] addresses = new byte[2 * addressLength];
    System.arraycopy(bytes, sourceAt, addresses, 0, addressLength);
    System.arraycopy(bytes, destinationAt, addresses, addressLength, addressLength);
    return addresses;
  }

  /// The transport's protocol number; in a fragment the number of the header behind the IP header.
  int protocol() {
    return protocol;
  }

  /// The protocol that, with addresses and [#fragmentId], identifies a fragmented packet: 0 for
  /// IPv6, where the protocol does not count.
  int fragmentProtocol() {
    return fragmentProtocol;
  }

  int fragmentId() {
    return fragmentId;
  }

  /// The identification of an IPv4 packet, which forwarding and NAT keep; -1 for IPv6, which has
  /// none.
  int identification() {
    return addressLength == 4 ? fragmentId : -1;
  }

  /// In bytes, within the packet's payload.
  int fragmentOffset() {
    return fragmentOffset;
  }

  boolean hasMoreFragments() {
    return moreFragments;
  }

  IpAddress source() {
    return IpAddress.of(bytes, sourceAt, addressLength);
  }

  IpAddress destination() {
    return IpAddress.of(bytes, destinationAt, addressLength);
  }

  private ParseResult readV4(Frame frame) {
    ParseResult result = frame.need(V4_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int headerLength = (frame.u8(0) & 0xf) * 4;
    int totalLength = frame.u16(V4_TOTAL_LENGTH_OFFSET);
    if (totalLength == 0) {
      totalLength = frame.wireLength(); // segmentation offload: longer than 64 KiB
    }
    if (headerLength < V4_LENGTH || totalLength < headerLength) {
      return ParseResult.BAD_HEADER;
    }
    frame.limit(totalLength);
    protocol = frame.u8(V4_PROTOCOL_OFFSET);
    if (!isWanted(protocol)) {
      return ParseResult.NOT_DNS;
    }
    setAddresses(frame.offset + V4_SOURCE_OFFSET, frame.offset + V4_DESTINATION_OFFSET, 4);
    int fragment = frame.u16(V4_FRAGMENT_OFFSET) & V4_FRAGMENT_MASK;
    fragmentProtocol = protocol;
    fragmentId = frame.u16(V4_ID_OFFSET);
    fragmentOffset = (fragment & V4_OFFSET_MASK) * 8;
    moreFragments = fragment > V4_OFFSET_MASK;
    ParseResult skipped = skip(frame, headerLength);
    return skipped == ParseResult.OK && fragment != 0 ? requireFragment(frame) : skipped;
  }

  /// FRAGMENT if all of it was captured. A first fragment that was cut cannot be reassembled, but
  /// has the begin of the message.
  private ParseResult requireFragment(Frame frame) {
    ParseResult result = frame.need(frame.wireLength());
    if (result == ParseResult.OK) {
      return ParseResult.FRAGMENT;
    }
    return fragmentOffset == 0 && !Tunnel.isProtocol(protocol) ? ParseResult.OK : result;
  }

  private ParseResult readV6(Frame frame) {
    ParseResult result = frame.need(V6_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int payloadLength = frame.u16(V6_PAYLOAD_LENGTH_OFFSET);
    // 0: a jumbogram (RFC 2675), which Linux makes of TCP segments longer than 64 KiB
    if (payloadLength != 0) {
      frame.limit(V6_LENGTH + payloadLength);
    }
    setAddresses(frame.offset + V6_SOURCE_OFFSET, frame.offset + V6_DESTINATION_OFFSET, 16);
    int next = frame.u8(V6_NEXT_HEADER_OFFSET);
    frame.offset += V6_LENGTH;
    return readExtensions(next, frame);
  }

  /// Terminates: each header moves the frame's offset by at least 8 bytes.
  private ParseResult readExtensions(int firstHeader, Frame frame) {
    int header = firstHeader;
    while (isExtension(header)) {
      ParseResult result = frame.need(EXTENSION_LENGTH);
      if (result != ParseResult.OK) {
        return result;
      }
      // offset 0 without more fragments: an atomic fragment, which is a whole packet (RFC 6946)
      if (header == FRAGMENT
          && (frame.u16(EXTENSION_FRAGMENT_OFFSET) & EXTENSION_FRAGMENT_MASK) != 0) {
        return readFragment(frame);
      }
      int length = extensionLength(header, frame.u8(1));
      header = frame.u8(0);
      ParseResult skipped = skip(frame, length);
      if (skipped != ParseResult.OK) {
        return skipped;
      }
    }
    protocol = header;
    return isWanted(header) ? ParseResult.OK : ParseResult.NOT_DNS;
  }

  private ParseResult readFragment(Frame frame) {
    protocol = frame.u8(0);
    if (!mayCarryTransport(protocol)) {
      return ParseResult.NOT_DNS;
    }
    int field = frame.u16(EXTENSION_FRAGMENT_OFFSET);
    fragmentProtocol = 0;
    fragmentId = frame.i32(EXTENSION_FRAGMENT_ID);
    fragmentOffset = field & EXTENSION_OFFSET_MASK;
    moreFragments = (field & 1) != 0;
    frame.offset += EXTENSION_LENGTH;
    return requireFragment(frame);
  }

  private static boolean isExtension(int header) {
    return switch (header) {
      case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS, MOBILITY -> true;
      default -> false;
    };
  }

  private static boolean mayCarryTransport(int header) {
    return isWanted(header) || isExtension(header);
  }

  private static boolean isWanted(int header) {
    return Transport.isUdpOrTcp(header) || Tunnel.isProtocol(header);
  }

  /// In bytes; the length field's unit depends on the header (RFC 8200 section 4, RFC 4302 section
  /// 2.2).
  private static int extensionLength(int header, int field) {
    return switch (header) {
      case FRAGMENT -> EXTENSION_LENGTH;
      case AUTHENTICATION -> Math.max(EXTENSION_LENGTH, (field + 2) * 4);
      default -> (field + 1) * 8;
    };
  }

  private static ParseResult skip(Frame frame, int length) {
    ParseResult result = frame.need(length);
    if (result == ParseResult.OK) {
      frame.offset += length;
    }
    return result;
  }

  private void setAddresses(int source, int destination, int length) {
    sourceAt = source;
    destinationAt = destination;
    addressLength = length;
  }
}

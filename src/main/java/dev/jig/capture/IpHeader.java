package dev.jig.capture;

import dev.jig.event.IpAddress;

/// An IP header with its options (RFC 791) or extension headers (RFC 8200), up to the transport's.
final class IpHeader {
  private static final int V4_LENGTH = 20;
  private static final int V4_TOTAL_LENGTH_OFFSET = 2;
  private static final int V4_FRAGMENT_OFFSET = 6;
  private static final int V4_PROTOCOL_OFFSET = 9;
  private static final int V4_SOURCE_OFFSET = 12;
  private static final int V4_DESTINATION_OFFSET = 16;

  private static final int V4_ID_OFFSET = 4;

  /// More-fragments flag and fragment offset, in units of eight bytes; the don't-fragment flag is
  /// not of interest.
  private static final int V4_FRAGMENT_MASK = 0x3fff;

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

  /// Moves `frame` to the transport header and cuts what lies behind the IP packet.
  ///
  /// @param expectedVersion what the link header announced, 0 for either
  ParseResult read(int expectedVersion, Frame frame) {
    ParseResult there = frame.need(1);
    if (there != ParseResult.OK) {
      return there;
    }
    int version = frame.u8(0) >>> 4;
    if (expectedVersion != 0 && version != expectedVersion) {
      return ParseResult.BAD_HEADER;
    }
    bytes = frame.bytes;
    return switch (version) {
      case 4 -> v4(frame);
      case 6 -> v6(frame);
      default -> ParseResult.BAD_HEADER;
    };
  }

  /// Goes on where the header of the first fragment ended, once the packet is whole.
  ///
  /// @param firstHeader of the bytes that `frame` begins with
  ParseResult readWhole(int firstHeader, Frame frame) {
    return extensions(firstHeader, frame);
  }

  /// The transport's protocol number; of a fragment that of the header behind its own.
  int protocol() {
    return protocol;
  }

  /// What tells the fragments of one packet from those of others, besides its addresses: for IPv6
  /// the identification alone.
  int fragmentProtocol() {
    return fragmentProtocol;
  }

  int fragmentId() {
    return fragmentId;
  }

  /// In bytes.
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

  private ParseResult v4(Frame frame) {
    ParseResult there = frame.need(V4_LENGTH);
    if (there != ParseResult.OK) {
      return there;
    }
    int headerLength = (frame.u8(0) & 0xf) * 4;
    int totalLength = frame.u16(V4_TOTAL_LENGTH_OFFSET);
    if (totalLength == 0) {
      totalLength = frame.wireLength(); // left to the network card: segments above 64 KiB
    }
    if (headerLength < V4_LENGTH || totalLength < headerLength || !frame.limit(totalLength)) {
      return ParseResult.BAD_HEADER;
    }
    protocol = frame.u8(V4_PROTOCOL_OFFSET);
    if (!Transport.isUdpOrTcp(protocol)) {
      return ParseResult.NOT_DNS;
    }
    addresses(frame.offset + V4_SOURCE_OFFSET, frame.offset + V4_DESTINATION_OFFSET, 4);
    int fragment = frame.u16(V4_FRAGMENT_OFFSET) & V4_FRAGMENT_MASK;
    fragmentProtocol = protocol;
    fragmentId = frame.u16(V4_ID_OFFSET);
    fragmentOffset = (fragment & V4_OFFSET_MASK) * 8;
    moreFragments = fragment > V4_OFFSET_MASK;
    ParseResult passed = pass(frame, headerLength);
    return passed == ParseResult.OK && fragment != 0 ? wholeFragment(frame) : passed;
  }

  /// A fragment that the capture cut is of no use.
  private static ParseResult wholeFragment(Frame frame) {
    ParseResult there = frame.need(frame.wireLength());
    return there == ParseResult.OK ? ParseResult.FRAGMENT : there;
  }

  private ParseResult v6(Frame frame) {
    ParseResult there = frame.need(V6_LENGTH);
    if (there != ParseResult.OK) {
      return there;
    }
    int payloadLength = frame.u16(V6_PAYLOAD_LENGTH_OFFSET);
    // 0 stands for a jumbogram (RFC 2675), as Linux makes of TCP segments above 64 KiB.
    if (payloadLength != 0 && !frame.limit(V6_LENGTH + payloadLength)) {
      return ParseResult.BAD_HEADER;
    }
    addresses(frame.offset + V6_SOURCE_OFFSET, frame.offset + V6_DESTINATION_OFFSET, 16);
    int next = frame.u8(V6_NEXT_HEADER_OFFSET);
    frame.offset += V6_LENGTH;
    return extensions(next, frame);
  }

  /// Ends because each header moves the frame on by 8 bytes or more.
  private ParseResult extensions(int firstHeader, Frame frame) {
    int header = firstHeader;
    while (isExtension(header)) {
      ParseResult there = frame.need(EXTENSION_LENGTH);
      if (there != ParseResult.OK) {
        return there;
      }
      // A fragment of 0 with none to follow is a whole packet (RFC 6946).
      if (header == FRAGMENT
          && (frame.u16(EXTENSION_FRAGMENT_OFFSET) & EXTENSION_FRAGMENT_MASK) != 0) {
        return fragment(frame);
      }
      int length = extensionLength(header, frame.u8(1));
      header = frame.u8(0);
      ParseResult whole = pass(frame, length);
      if (whole != ParseResult.OK) {
        return whole;
      }
    }
    protocol = header;
    return Transport.isUdpOrTcp(header) ? ParseResult.OK : ParseResult.NOT_DNS;
  }

  private ParseResult fragment(Frame frame) {
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
    return wholeFragment(frame);
  }

  private static boolean isExtension(int header) {
    return switch (header) {
      case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS, MOBILITY -> true;
      default -> false;
    };
  }

  private static boolean mayCarryTransport(int header) {
    return Transport.isUdpOrTcp(header) || isExtension(header);
  }

  /// Each counts in its own unit: RFC 8200 section 4, RFC 4302 section 2.2.
  private static int extensionLength(int header, int field) {
    return switch (header) {
      case FRAGMENT -> EXTENSION_LENGTH;
      case AUTHENTICATION -> Math.max(EXTENSION_LENGTH, (field + 2) * 4);
      default -> (field + 1) * 8;
    };
  }

  private static ParseResult pass(Frame frame, int length) {
    ParseResult there = frame.need(length);
    if (there == ParseResult.OK) {
      frame.offset += length;
    }
    return there;
  }

  private void addresses(int source, int destination, int length) {
    sourceAt = source;
    destinationAt = destination;
    addressLength = length;
  }
}

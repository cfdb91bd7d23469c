package dev.jig.capture;

import dev.jig.event.Protocol;
import java.util.function.IntPredicate;

/// Parses a UDP (RFC 768) or TCP (RFC 9293) header.
final class Transport {
  private static final int TCP = 6;
  private static final int UDP = 17;

  /// RFC 1035 section 4.1.1.
  private static final int DNS_HEADER_LENGTH = 12;

  private static final int PORTS_LENGTH = 4;
  private static final int UDP_LENGTH = 8;
  private static final int UDP_LENGTH_OFFSET = 4;
  private static final int TCP_LENGTH = 20;
  private static final int TCP_SEQ_OFFSET = 4;
  private static final int TCP_ACK_OFFSET = 8;
  private static final int TCP_DATA_OFFSET = 12;
  private static final int TCP_FLAGS_OFFSET = 13;
  private static final int SYN = 0x02;
  private static final int ACK = 0x10;

  private final IntPredicate dnsPort;
  private final boolean anyUdp;
  private Protocol protocol = Protocol.UDP;
  private int sourcePort;
  private int destinationPort;
  private int tcpSeq;
  private int tcpAck;
  private int tcpFlags;
  private boolean payloadUnreadable;

  Transport(IntPredicate dnsPort, boolean anyUdp) {
    this.dnsPort = dnsPort;
    this.anyUdp = anyUdp;
  }

  /// Forgets the last packet.
  void reset() {
    payloadUnreadable = false;
  }

  static boolean isUdpOrTcp(int protocolNumber) {
    return protocolNumber == UDP || protocolNumber == TCP;
  }

  /// Moves `frame` to the payload and ends it there. TRUNCATED if too little of the payload was
  /// captured to read: of a datagram a DNS header, of a segment one byte.
  ///
  /// @param protocolNumber UDP's or TCP's
  /// @param anyPort whether to accept other ports than DNS's
  ParseResult read(int protocolNumber, Frame frame, boolean anyPort) {
    protocol = protocolNumber == UDP ? Protocol.UDP : Protocol.TCP;
    ParseResult result = frame.need(PORTS_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    sourcePort = frame.u16(0);
    destinationPort = frame.u16(2);
    if (!anyPort && !isDns()) {
      return ParseResult.NOT_DNS;
    }
    ParseResult header = protocol == Protocol.UDP ? readUdp(frame) : readTcp(frame);
    if (header != ParseResult.OK) {
      return header;
    }
    if (frame.wireLength() == 0) {
      return ParseResult.NO_PAYLOAD;
    }
    int needed = protocol == Protocol.UDP ? DNS_HEADER_LENGTH : 1;
    payloadUnreadable = frame.capturedLength() < Math.min(needed, frame.wireLength());
    return payloadUnreadable ? ParseResult.TRUNCATED : ParseResult.OK;
  }

  /// Whether the last packet has a payload of which too little was captured.
  boolean isPayloadUnreadable() {
    return payloadUnreadable;
  }

  Protocol protocol() {
    return protocol;
  }

  int sourcePort() {
    return sourcePort;
  }

  int destinationPort() {
    return destinationPort;
  }

  /// The sequence number of the payload's first byte, unsigned; TCP only. A SYN takes one sequence
  /// number before its data.
  int tcpSeq() {
    return tcpSeq;
  }

  /// The sequence number that the sender expects next, valid if [#acknowledges]; TCP only.
  int tcpAck() {
    return tcpAck;
  }

  boolean isSyn() {
    return (tcpFlags & SYN) != 0;
  }

  boolean acknowledges() {
    return (tcpFlags & ACK) != 0;
  }

  private boolean isDns() {
    return anyUdp && protocol == Protocol.UDP
        || dnsPort.test(sourcePort)
        || dnsPort.test(destinationPort);
  }

  private ParseResult readUdp(Frame frame) {
    ParseResult result = frame.need(UDP_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    int length = frame.u16(UDP_LENGTH_OFFSET);
    if (length < UDP_LENGTH) {
      return ParseResult.BAD_HEADER;
    }
    frame.limit(length);
    frame.offset += UDP_LENGTH;
    return ParseResult.OK;
  }

  private ParseResult readTcp(Frame frame) {
    ParseResult result = frame.need(TCP_LENGTH);
    if (result != ParseResult.OK) {
      return result;
    }
    tcpFlags = frame.u8(TCP_FLAGS_OFFSET);
    tcpSeq = frame.i32(TCP_SEQ_OFFSET) + (isSyn() ? 1 : 0);
    tcpAck = frame.i32(TCP_ACK_OFFSET);
    int headerLength = (frame.u8(TCP_DATA_OFFSET) >>> 4) * 4;
    if (headerLength < TCP_LENGTH) {
      return ParseResult.BAD_HEADER;
    }
    if (headerLength == frame.wireLength()) {
      return ParseResult.NO_PAYLOAD; // even if its options were truncated
    }
    ParseResult options = frame.need(headerLength);
    if (options == ParseResult.OK) {
      frame.offset += headerLength;
    }
    return options;
  }
}

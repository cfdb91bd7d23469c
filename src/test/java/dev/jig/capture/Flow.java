package dev.jig.capture;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// Two endpoints, and the IP packets that go from one to the other: for tests and golden inputs,
/// with right lengths and checksums.
public record Flow(String source, int sourcePort, String destination, int destinationPort) {
  public static final int UDP = 17;
  public static final int TCP = 6;

  /// TCP flags, RFC 9293 section 3.1.
  public static final int FIN = 0x01;

  public static final int SYN = 0x02;
  public static final int PSH = 0x08;
  public static final int ACK = 0x10;

  public Flow reversed() {
    return new Flow(destination, destinationPort, source, sourcePort);
  }

  /// An IP packet with a UDP datagram.
  public byte[] udp(byte[] payload) {
    return ip(UDP, udpDatagram(payload));
  }

  /// An IP packet with a TCP segment.
  public byte[] tcp(int flags, long sequence, long acknowledged, byte[] payload) {
    return ip(TCP, tcpSegment(flags, sequence, acknowledged, payload));
  }

  public byte[] udpDatagram(byte[] payload) {
    ByteBuffer datagram = ByteBuffer.allocate(8 + payload.length);
    datagram.putShort((short) sourcePort).putShort((short) destinationPort);
    datagram.putShort((short) (8 + payload.length)).putShort((short) 0).put(payload);
    int checksum = transportChecksum(UDP, datagram.array());
    return datagram.putShort(6, (short) (checksum == 0 ? 0xffff : checksum)).array();
  }

  public byte[] tcpSegment(int flags, long sequence, long acknowledged, byte[] payload) {
    byte[] options = {1, 1, 1, 1}; // no-operations, so that the data offset is not the usual 5
    ByteBuffer segment = ByteBuffer.allocate(20 + options.length + payload.length);
    segment.putShort((short) sourcePort).putShort((short) destinationPort);
    segment.putInt((int) sequence).putInt((int) acknowledged);
    segment.put((byte) ((20 + options.length) / 4 << 4)).put((byte) flags);
    segment.putShort((short) 64_240).putShort((short) 0).putShort((short) 0);
    segment.put(options).put(payload);
    return segment.putShort(16, (short) transportChecksum(TCP, segment.array())).array();
  }

  /// An IP packet, of the version its addresses have.
  public byte[] ip(int protocol, byte[] payload) {
    return isV6() ? ipv6(protocol, payload) : ipv4(protocol, 0, payload);
  }

  /// An IPv4 packet with options; their length must be a multiple of 4.
  public byte[] ipv4(int protocol, int flagsAndFragmentOffset, byte[] payload, int... options) {
    int headerLength = 20 + options.length;
    ByteBuffer packet = ByteBuffer.allocate(headerLength + payload.length);
    packet.put((byte) (0x40 | headerLength / 4)).put((byte) 0).putShort((short) packet.capacity());
    packet.putShort((short) 0x1234).putShort((short) flagsAndFragmentOffset);
    packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
    packet.put(address(source)).put(address(destination));
    for (int option : options) {
      packet.put((byte) option);
    }
    packet.put(payload);
    return packet.putShort(10, (short) checksum(packet.array(), headerLength, 0)).array();
  }

  /// An IPv6 packet; `payload` begins with the header that `nextHeader` says.
  public byte[] ipv6(int nextHeader, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
    packet.putInt(0x6000_0000).putShort((short) payload.length);
    packet.put((byte) nextHeader).put((byte) 64);
    return packet.put(address(source)).put(address(destination)).put(payload).array();
  }

  private boolean isV6() {
    return source.contains(":");
  }

  private static byte[] address(String text) {
    return InetAddress.ofLiteral(text).getAddress();
  }

  private int transportChecksum(int protocol, byte[] transport) {
    byte[] from = address(source);
    byte[] to = address(destination);
    ByteBuffer pseudo = ByteBuffer.allocate(from.length + to.length + transport.length);
    pseudo.put(from).put(to).put(transport);
    return checksum(pseudo.array(), pseudo.capacity(), protocol + transport.length);
  }

  /// The Internet checksum (RFC 1071) of the first `length` bytes and a number.
  private static int checksum(byte[] bytes, int length, int start) {
    int sum = start;
    for (int i = 0; i < length; i++) {
      sum += (bytes[i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return ~sum & 0xffff;
  }
}

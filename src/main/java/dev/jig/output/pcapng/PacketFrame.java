package dev.jig.output.pcapng;

import dev.jig.event.Endpoint;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.WireMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Encodes messages as packets, in one buffer: Linux cooked header v2, IP without options, UDP or
/// TCP. Header fields that a row does not contain have fixed values: TTL 64, no fragments, window
/// 65,535. Lengths and checksums are correct.
///
/// ```
/// cooked v2  EtherType 2 | 0 2 | ifindex 4 | ARPHRD 2 | packet type 1 | length 1 | address 8
/// ```
final class PacketFrame {
  /// LINKTYPE_LINUX_SLL2 (tcpdump.org/linktypes.html).
  static final int LINK_TYPE = 276;

  /// The largest value of an IP length field.
  private static final int MAX_IP_LENGTH = 0xffff;

  private static final int LINK_LENGTH = 20;
  private static final int V4_LENGTH = 20;
  private static final int V6_LENGTH = 40;
  private static final int UDP_LENGTH = 8;
  private static final int TCP_LENGTH = 20;

  private static final int ARPHRD_NONE = 0xfffe;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_IPV6 = 0x86dd;
  private static final short DONT_FRAGMENT = 0x4000;
  private static final byte TTL = 64;
  private static final byte TCP = 6;
  private static final byte UDP = 17;
  private static final byte PUSH_AND_ACK = 0x18;

  /// The highest packet type of a cooked header (packet(7)).
  private static final int LAST_PACKET_TYPE = PacketType.OUTGOING.number();

  private final ByteBuffer frame = ByteBuffer.allocate(LINK_LENGTH + V6_LENGTH + MAX_IP_LENGTH);
  private int transportAt;

  /// The maximum payload of a packet of the flow's protocol and addresses, in bytes.
  static int maxPayload(Flow flow) {
    int headers = flow.protocol() == Protocol.TCP ? TCP_LENGTH : UDP_LENGTH;
    return isV4(flow) ? MAX_IP_LENGTH - V4_LENGTH - headers : MAX_IP_LENGTH - headers;
  }

  /// Encodes a UDP datagram; the result is valid until the next call. A message from invalid IP
  /// fragments may be longer than a packet can be: it is cut.
  ByteBuffer datagram(Flow flow, WireMessage message) {
    int payload = Math.min(message.length(), maxPayload(flow));
    int length = UDP_LENGTH + payload;
    begin(flow, UDP, length);
    putPorts(flow);
    frame.putShort((short) length).putShort((short) 0);
    message.copy(0, payload, frame.array(), frame.position());
    frame.position(frame.position() + payload);
    int checksum = transportChecksum(flow, UDP, length);
    frame.putShort(transportAt + 6, (short) (checksum == 0 ? 0xffff : checksum)); // RFC 768
    return frame.flip();
  }

  /// Encodes a TCP segment; the result is valid until the next call.
  ///
  /// @param sequence sequence number of the first payload byte
  /// @param acknowledged next sequence number of the other direction
  ByteBuffer segment(Flow flow, int sequence, int acknowledged, ByteBuffer payload) {
    int length = TCP_LENGTH + payload.remaining();
    begin(flow, TCP, length);
    putPorts(flow);
    frame.putInt(sequence).putInt(acknowledged);
    frame.put((byte) (TCP_LENGTH / 4 << 4)).put(PUSH_AND_ACK).putShort((short) 0xffff);
    frame.putShort((short) 0).putShort((short) 0).put(payload);
    frame.putShort(transportAt + 16, (short) transportChecksum(flow, TCP, length));
    return frame.flip();
  }

  private void putPorts(Flow flow) {
    frame.putShort((short) flow.source().port()).putShort((short) flow.destination().port());
  }

  private void begin(Flow flow, byte protocol, int length) {
    boolean v4 = isV4(flow);
    frame.clear();
    frame.putShort((short) (v4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6)).putShort((short) 0);
    frame.putInt(0).putShort((short) ARPHRD_NONE).put(linkPacketType(flow.packetType()));
    frame.put((byte) 0).putLong(0);
    if (v4) {
      beginV4(flow, protocol, length);
    } else {
      frame.putInt(6 << 28).putShort((short) length).put(protocol).put(TTL);
      putV6(flow.source());
      putV6(flow.destination());
    }
    transportAt = frame.position();
  }

  private void beginV4(Flow flow, byte protocol, int length) {
    frame.put((byte) 0x45).put((byte) 0).putShort((short) (V4_LENGTH + length));
    frame.putShort((short) 0).putShort(DONT_FRAGMENT).put(TTL).put(protocol).putShort((short) 0);
    frame.putInt((int) flow.source().address().low());
    frame.putInt((int) flow.destination().address().low());
    frame.putShort(LINK_LENGTH + 10, (short) checksum(sum(LINK_LENGTH, V4_LENGTH)));
  }

  /// An IPv4 address in an IPv6 header is mapped (RFC 4291 section 2.5.5.2).
  private void putV6(Endpoint endpoint) {
    IpAddress address = endpoint.address();
    boolean mapped = address.version() == 4;
    frame.putLong(address.high()).putLong(mapped ? 0xffffL << 32 | address.low() : address.low());
  }

  private static boolean isV4(Flow flow) {
    return flow.source().address().version() == 4 && flow.destination().address().version() == 4;
  }

  /// Unknown types are written as OTHERHOST; types that the header does not have as HOST.
  private static byte linkPacketType(@Nullable PacketType type) {
    int number = type == null ? PacketType.OTHERHOST.number() : type.number();
    return (byte) (number <= LAST_PACKET_TYPE ? number : PacketType.HOST.number());
  }

  /// The checksum over pseudo header (RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1) and
  /// segment. The addresses are the last bytes of the IP header.
  private int transportChecksum(Flow flow, byte protocol, int length) {
    int addresses = isV4(flow) ? 8 : 32;
    return checksum(
        sum(transportAt - addresses, addresses) + protocol + length + sum(transportAt, length));
  }

  /// The sum of the 16-bit words, not folded: 32 bits at a time, which folding adds up (RFC 1071
  /// section 2).
  private long sum(int from, int length) {
    long sum = 0;
    int at = from;
    for (int end = from + (length & -Integer.BYTES); at < end; at += Integer.BYTES) {
      sum += frame.getInt(at) & 0xffffffffL;
    }
    if ((length & Short.BYTES) != 0) {
      sum += frame.getShort(at) & 0xffff;
      at += Short.BYTES;
    }
    return (length & 1) == 0 ? sum : sum + ((frame.get(at) & 0xff) << 8);
  }

  private static int checksum(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }
}

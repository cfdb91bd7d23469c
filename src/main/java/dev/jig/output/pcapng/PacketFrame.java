package dev.jig.output.pcapng;

import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Encodes a message as a packet: Linux cooked header v2, IP without options, UDP or TCP. Header
/// fields that the row does not contain have fixed values: TTL 64, no fragments, window 65,535.
/// Lengths and checksums are correct.
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

  /// The maximum payload of a packet of the row's protocol and addresses, in bytes.
  static int maxPayload(Row event) {
    int headers = event.protocol() == Protocol.TCP ? TCP_LENGTH : UDP_LENGTH;
    return isV4(event) ? MAX_IP_LENGTH - V4_LENGTH - headers : MAX_IP_LENGTH - headers;
  }

  /// Encodes a UDP datagram; the result is valid until the next call.
  ByteBuffer datagram(Row event, ByteBuffer payload) {
    int length = UDP_LENGTH + payload.remaining();
    begin(event, UDP, length);
    putPorts(event).putShort((short) length).putShort((short) 0).put(payload);
    int checksum = transportChecksum(event, UDP, length);
    frame.putShort(transportAt + 6, (short) (checksum == 0 ? 0xffff : checksum)); // RFC 768
    return frame.flip();
  }

  /// Encodes a TCP segment; the result is valid until the next call.
  ///
  /// @param sequence sequence number of the first payload byte
  /// @param acknowledged next sequence number of the other direction
  ByteBuffer segment(Row event, int sequence, int acknowledged, ByteBuffer payload) {
    int length = TCP_LENGTH + payload.remaining();
    begin(event, TCP, length);
    putPorts(event).putInt(sequence).putInt(acknowledged);
    frame.put((byte) (TCP_LENGTH / 4 << 4)).put(PUSH_AND_ACK).putShort((short) 0xffff);
    frame.putShort((short) 0).putShort((short) 0).put(payload);
    frame.putShort(transportAt + 16, (short) transportChecksum(event, TCP, length));
    return frame.flip();
  }

  private ByteBuffer putPorts(Row event) {
    return frame
        .putShort((short) event.source().port())
        .putShort((short) event.destination().port());
  }

  private void begin(Row event, byte protocol, int length) {
    boolean v4 = isV4(event);
    frame.clear();
    frame.putShort((short) (v4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6)).putShort((short) 0);
    frame.putInt(0).putShort((short) ARPHRD_NONE).put(linkPacketType(event.packetType()));
    frame.put((byte) 0).putLong(0);
    if (v4) {
      beginV4(event, protocol, length);
    } else {
      frame.putInt(6 << 28).putShort((short) length).put(protocol).put(TTL);
      putV6(event.source());
      putV6(event.destination());
    }
    transportAt = frame.position();
  }

  private void beginV4(Row event, byte protocol, int length) {
    frame.put((byte) 0x45).put((byte) 0).putShort((short) (V4_LENGTH + length));
    frame.putShort((short) 0).putShort(DONT_FRAGMENT).put(TTL).put(protocol).putShort((short) 0);
    frame.putInt((int) event.source().address().low());
    frame.putInt((int) event.destination().address().low());
    frame.putShort(LINK_LENGTH + 10, (short) checksum(sum(LINK_LENGTH, V4_LENGTH)));
  }

  /// An IPv4 address in an IPv6 header is mapped (RFC 4291 section 2.5.5.2).
  private void putV6(Endpoint endpoint) {
    IpAddress address = endpoint.address();
    boolean mapped = address.version() == 4;
    frame.putLong(address.high()).putLong(mapped ? 0xffffL << 32 | address.low() : address.low());
  }

  private static boolean isV4(Row event) {
    return event.source().address().version() == 4 && event.destination().address().version() == 4;
  }

  /// Unknown types are written as OTHERHOST; types that the header does not have as HOST.
  private static byte linkPacketType(@Nullable PacketType type) {
    int number = type == null ? PacketType.OTHERHOST.number() : type.number();
    return (byte) (number <= LAST_PACKET_TYPE ? number : PacketType.HOST.number());
  }

  /// The checksum over pseudo header (RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1) and
  /// segment. The addresses are the last bytes of the IP header.
  private int transportChecksum(Row event, byte protocol, int length) {
    int addresses = isV4(event) ? 8 : 32;
    return checksum(
        sum(transportAt - addresses, addresses) + protocol + length + sum(transportAt, length));
  }

  private long sum(int from, int length) {
    long sum = 0;
    int even = length & ~1;
    for (int at = from; at < from + even; at += 2) {
      sum += frame.getShort(at) & 0xffff;
    }
    return even == length ? sum : sum + ((frame.get(from + even) & 0xff) << 8);
  }

  private static int checksum(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }
}

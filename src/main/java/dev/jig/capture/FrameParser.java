package dev.jig.capture;

import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.pcap.CapturedPacket;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Parses the headers of captured frames down to the UDP datagram or TCP segment, through tunnels
/// and with the fragments of IP packets put together.
final class FrameParser {
  private final Frame frame = new Frame();
  private final LinkHeader link = new LinkHeader();
  private final IpHeader ip = new IpHeader();
  private final Tunnel tunnel = new Tunnel(link);
  private final IpFragments fragments = new IpFragments();
  private final Transport transport;
  private long begunNs;

  /// As in [CaptureFileSource].
  FrameParser(IntPredicate dnsPort, boolean anyUdp) {
    this.transport = new Transport(dnsPort, anyUdp);
  }

  /// Parses a frame; [#fill] is valid until the next call if the result is OK.
  ///
  /// @param isRecorded whether an earlier trace recorded it: then ports do not matter, and there
  ///   are no tunnels
  ParseResult parse(CapturedPacket captured, boolean isRecorded) {
    transport.reset();
    frame.reset(captured);
    ParseResult result = link.read(captured.linkType(), frame);
    for (int depth = 0; result == ParseResult.OK && depth <= Tunnel.MAX_DEPTH; depth++) {
      result = readIp(captured.timeNs());
      if (result != ParseResult.OK) {
        // what only looks like a tunnel is no damage
        return depth > 0 && result == ParseResult.BAD_HEADER ? ParseResult.NOT_DNS : result;
      }
      if (isRecorded || !tunnel.begins(ip.protocol(), frame)) {
        return transport.read(ip.protocol(), frame, isRecorded);
      }
      result = tunnel.enter(ip.protocol(), frame);
    }
    return result == ParseResult.OK ? ParseResult.NOT_DNS : result;
  }

  /// Parses the begin of a packet of which other fragments have not come; [#fill] is valid until
  /// the next call if the result is OK.
  ///
  /// @return null if there is none
  @Nullable ParseResult parseBegun(long timeNs) {
    IpFragments.Begun begun = fragments.takeBegun(timeNs);
    if (begun == null) {
      return null;
    }
    begunNs = begun.timeNs();
    transport.reset();
    link.reset();
    frame.resetCut(begun.bytes(), begun.length());
    ParseResult result = ip.readBegun(begun.addresses(), begun.protocol(), frame);
    return result == ParseResult.OK && !Tunnel.isProtocol(ip.protocol())
        ? transport.read(ip.protocol(), frame, false)
        : result == ParseResult.OK ? ParseResult.NOT_DNS : result;
  }

  /// When the first fragment came of the packet that [#parseBegun] has parsed.
  long begunNs() {
    return begunNs;
  }

  private ParseResult readIp(long timeNs) {
    ParseResult result = ip.read(link.ipVersion(), frame);
    if (result != ParseResult.FRAGMENT) {
      return result;
    }
    IpFragments.Reassembled reassembled = fragments.add(ip, frame, timeNs);
    if (reassembled == null) {
      return ParseResult.FRAGMENT;
    }
    frame.reset(reassembled.bytes, reassembled.length);
    return ip.readReassembled(reassembled.protocol, frame);
  }

  /// Whether the last packet is one of DNS of which only the headers were captured; [#fill] is
  /// valid.
  boolean isPayloadUnreadable() {
    return transport.isPayloadUnreadable();
  }

  /// Whether the last packet of DNS is a TCP segment.
  boolean isTcp() {
    return transport.protocol() == Protocol.TCP;
  }

  /// Sets what the headers say, and what was captured of the payload.
  void fill(Packet packet) {
    packet.type = link.packetType();
    packet.direction = direction(packet.type);
    packet.interfaceIndex = link.interfaceIndex();
    packet.ipIdentification = ip.identification();
    packet.protocol = transport.protocol();
    packet.tcpSeq = transport.tcpSeq();
    packet.tcpSyn = transport.isSyn();
    packet.tcpAcknowledges = transport.acknowledges();
    packet.tcpAck = transport.tcpAck();
    packet.source = ip.source();
    packet.destination = ip.destination();
    packet.sourcePort = transport.sourcePort();
    packet.destinationPort = transport.destinationPort();
    packet.payload = frame.bytes;
    packet.payloadOffset = frame.offset;
    packet.payloadLength = frame.capturedLength();
    packet.cut = frame.capturedLength() < frame.wireLength();
  }

  /// IP packets of which some fragments are missing.
  long incomplete() {
    return fragments.incomplete();
  }

  private static Packet.Direction direction(@Nullable PacketType type) {
    return switch (type) {
      case OUTGOING -> Packet.Direction.EGRESS;
      case HOST, BROADCAST, MULTICAST, LOOPBACK, USER, KERNEL -> Packet.Direction.INGRESS;
      // between two other hosts
      case OTHERHOST -> Packet.Direction.UNKNOWN;
      case null -> Packet.Direction.UNKNOWN;
    };
  }
}

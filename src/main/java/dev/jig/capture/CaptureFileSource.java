package dev.jig.capture;

import dev.jig.event.Attribution;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.pcap.CaptureReader;
import dev.jig.pcap.CapturedPacket;
import dev.jig.wire.EventNote;
import java.io.IOException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Packets from a capture file: walks each frame's headers and hands on what may hold DNS, with the
/// file's clock and without owner; beside what an earlier trace noted, if that wrote the file.
public final class CaptureFileSource implements AutoCloseable {
  private final CaptureReader reader;
  private final FileCounters counters = new FileCounters();
  private final CapturedPacket captured = new CapturedPacket();
  private final Frame frame = new Frame();
  private final LinkHeader link = new LinkHeader();
  private final IpHeader ip = new IpHeader();
  private final IpFragments fragments = new IpFragments();
  private final RecordedSegments noted = new RecordedSegments();
  private final Transport transport;
  private final Packet packet = new Packet();

  /// Owns `reader`.
  ///
  /// @param dnsPort the ports of which one must be the packet's source or destination
  /// @param anyUdp also hands on every UDP payload, whatever its ports
  public CaptureFileSource(CaptureReader reader, IntPredicate dnsPort, boolean anyUdp) {
    this.reader = reader;
    this.transport = new Transport(dnsPort, anyUdp);
  }

  /// Reads one packet, handing it on if it may hold DNS; false at the end of the file.
  ///
  /// @throws dev.jig.pcap.CaptureFormatException if the file is damaged here
  /// @throws IOException if it can't be read
  public boolean readNext(PacketHandler handler) throws IOException {
    if (!reader.next(captured)) {
      return false;
    }
    String text = captured.customText();
    EventNote note = text == null ? null : EventNote.read(text).orElse(null);
    if (captured.isRemark()) {
      if (note != null) {
        handler.onStandaloneRow(note);
      }
      return true;
    }
    ParseResult finding = walk(note != null);
    if (finding == ParseResult.OK) {
      fill(note);
      boolean tcp = packet.protocol == Protocol.TCP;
      if (note != null && text != null && tcp && !noted.assemble(packet, text)) {
        finding = ParseResult.FRAGMENT;
      }
    }
    counters.count(finding, captured.linkType());
    counters.setIncomplete(fragments.incomplete());
    if (finding == ParseResult.OK) {
      handler.onPacket(packet);
    }
    return true;
  }

  /// The file's clock: when the last packet read was captured, DNS or not, in ns since the epoch.
  public long timeNs() {
    return captured.timeNs();
  }

  /// Packets that were lost while the file was written, as far as it has told up to now.
  public long dropped() {
    return reader.dropped();
  }

  public FileCounters counters() {
    return counters;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private ParseResult walk(boolean known) {
    frame.reset(captured);
    ParseResult finding = link.read(captured.linkType(), frame);
    if (finding == ParseResult.OK) {
      finding = ip.read(link.ipVersion(), frame);
    }
    if (finding == ParseResult.FRAGMENT) {
      finding = putTogether();
    }
    return finding == ParseResult.OK ? transport.read(ip.protocol(), frame, known) : finding;
  }

  private ParseResult putTogether() {
    IpFragments.Whole whole = fragments.add(ip, frame, captured.timeNs());
    if (whole == null) {
      return ParseResult.FRAGMENT;
    }
    frame.reset(whole.bytes, whole.length);
    return ip.readWhole(whole.protocol, frame);
  }

  private void fill(@Nullable EventNote note) {
    packet.rowOption = note;
    packet.type = link.packetType();
    packet.direction = direction(packet.type);
    packet.protocol = transport.protocol();
    packet.timeNs = captured.timeNs();
    packet.bootNs = captured.timeNs();
    packet.tcpSeq = transport.tcpSeq();
    packet.source = ip.source();
    packet.destination = ip.destination();
    packet.sourcePort = transport.sourcePort();
    packet.destinationPort = transport.destinationPort();
    packet.attribution = Attribution.UNKNOWN;
    packet.payload = frame.bytes;
    packet.payloadOffset = frame.offset;
    packet.payloadLength = frame.wireLength();
  }

  private static Packet.Direction direction(@Nullable PacketType type) {
    return switch (type) {
      case OUTGOING -> Packet.Direction.EGRESS;
      case HOST, BROADCAST, MULTICAST, LOOPBACK, USER, KERNEL -> Packet.Direction.INGRESS;
      // Overheard between others: both ways look the same.
      case OTHERHOST -> Packet.Direction.UNKNOWN;
      case null -> Packet.Direction.UNKNOWN;
    };
  }
}

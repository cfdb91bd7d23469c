package dev.jig.capture;

import dev.jig.event.Attribution;
import dev.jig.event.Protocol;
import dev.jig.pcap.CaptureReader;
import dev.jig.pcap.CapturedPacket;
import dev.jig.pcap.TimeOrderedReader;
import dev.jig.wire.PcapngOptionReader;
import dev.jig.wire.PcapngRowOption;
import java.io.IOException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Reads packets from a capture file: parses each frame's headers and delivers packets that may
/// contain DNS, with the file's clock and without owner. In a file written by `-o pcapng` each
/// packet has its row option.
public final class CaptureFileSource implements AutoCloseable {
  private final TimeOrderedReader reader;
  private final FileCounters counters = new FileCounters();
  private final CapturedPacket captured = new CapturedPacket();
  private final PcapngOptionReader options = new PcapngOptionReader();
  private final RecordedSegments recorded = new RecordedSegments();
  private final FrameParser parser;
  private final Packet packet = new Packet();

  /// A source that delivers each packet at once, as a pipe requires.
  ///
  /// @param reader closed with this source
  /// @param dnsPort whether a port is DNS's; a packet's source or destination port must be
  /// @param anyUdp whether to deliver UDP payloads of all ports, too
  public CaptureFileSource(CaptureReader reader, IntPredicate dnsPort, boolean anyUdp) {
    this(new TimeOrderedReader(reader, /* sorts= */ false), dnsPort, anyUdp);
  }

  /// @param reader closed with this source
  public CaptureFileSource(TimeOrderedReader reader, IntPredicate dnsPort, boolean anyUdp) {
    this.reader = reader;
    this.parser = new FrameParser(dnsPort, anyUdp);
  }

  /// Whether the file begins with a row that an earlier trace recorded. To be called before
  /// [#readNext]; waits for the first packet of a pipe.
  public boolean beginsWithRow() {
    return reader.beginsWithRow();
  }

  /// Reads one packet and delivers it if it may contain DNS; false at the end of the file.
  ///
  /// @throws dev.jig.pcap.CaptureFormatException if the file is damaged here
  /// @throws IOException if it cannot be read
  public boolean readNext(PacketHandler handler) throws IOException {
    if (!reader.next(captured)) {
      deliverBegun(Long.MAX_VALUE, handler);
      return false;
    }
    deliverBegun(captured.orderNs(), handler);
    byte[] bytes = captured.customBytes();
    PcapngRowOption option = bytes == null ? null : options.decode(bytes);
    if (!captured.hasFrame()) {
      if (option != null) {
        handler.onStandaloneRow(option);
      }
      return true;
    }
    ParseResult result = parser.parse(captured, option != null);
    if (result == ParseResult.OK) {
      fill(option);
      boolean tcp = packet.protocol == Protocol.TCP;
      if (option != null && bytes != null && tcp && !recorded.assemble(packet, bytes)) {
        result = ParseResult.FRAGMENT;
      }
    }
    counters.count(result, captured.linkType());
    counters.setIncomplete(parser.incomplete());
    if (result == ParseResult.OK) {
      handler.onPacket(packet);
    } else if (result == ParseResult.NO_PAYLOAD && option == null && parser.isTcp()) {
      fill(null);
      handler.onSegmentWithoutData(packet);
    } else if (parser.isPayloadUnreadable()) {
      fill(option);
      handler.onUnreadable(packet);
    }
    return true;
  }

  /// Delivers what was captured of packets of which fragments have not come until this time. The
  /// fragments are counted already.
  private void deliverBegun(long timeNs, PacketHandler handler) {
    ParseResult result = parser.parseBegun(timeNs);
    while (result != null) {
      parser.fill(packet);
      packet.direction = Packet.Direction.UNKNOWN;
      packet.interfaceId = 0;
      packet.rowOption = null;
      packet.timeNs = parser.begunNs();
      packet.bootNs = parser.begunNs();
      packet.attribution = Attribution.UNKNOWN;
      if (result == ParseResult.OK) {
        handler.onPacket(packet);
      } else if (parser.isPayloadUnreadable()) {
        handler.onUnreadable(packet);
      }
      result = parser.parseBegun(timeNs);
    }
    counters.setIncomplete(parser.incomplete());
  }

  /// The time of the last packet read, DNS or not, in nanoseconds since the epoch; it never goes
  /// back.
  public long timeNs() {
    return captured.orderNs();
  }

  /// Packets so far that came too late to be sorted by time.
  public long outOfOrder() {
    return reader.outOfOrder();
  }

  /// Packets lost while the file was written, according to the statistics read so far.
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

  private void fill(@Nullable PcapngRowOption option) {
    parser.fill(packet);
    if (option == null) {
      packet.direction = Packet.Direction.UNKNOWN; // a forwarded packet arrives and leaves, too
    }
    packet.interfaceId = captured.interfaceId();
    packet.rowOption = option;
    packet.timeNs = captured.timeNs();
    packet.bootNs = captured.orderNs();
    packet.attribution = Attribution.UNKNOWN;
  }
}

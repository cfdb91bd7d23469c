package dev.jig.capture;

import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.pcap.CaptureReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The packets and counters of a capture file, with port 53 as the DNS port.
///
/// @param unreadable packets of which too little was captured
record Replay(List<Seen> packets, FileCounters counters, int unreadable) {
  /// A copy of a packet.
  record Seen(
      Packet.Direction direction,
      @Nullable PacketType type,
      Protocol protocol,
      String source,
      int sourcePort,
      String destination,
      int destinationPort,
      String payload) {

    static Seen of(Packet packet) {
      return new Seen(
          packet.direction(),
          packet.type(),
          packet.protocol(),
          packet.source().toString(),
          packet.sourcePort(),
          packet.destination().toString(),
          packet.destinationPort(),
          new String(
              packet.payload(),
              packet.payloadOffset(),
              packet.payloadLength(),
              StandardCharsets.ISO_8859_1));
    }
  }

  static Replay of(byte[] file) throws IOException {
    return of(file, false);
  }

  static Replay of(byte[] file, boolean anyUdp) throws IOException {
    List<Seen> packets = new ArrayList<>();
    List<Seen> unreadable = new ArrayList<>();
    PacketHandler handler =
        new PacketHandler() {
          @Override
          public void onPacket(Packet packet) {
            packets.add(Seen.of(packet));
          }

          @Override
          public void onUnreadable(Packet packet) {
            unreadable.add(Seen.of(packet));
          }
        };
    CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(file), "test.pcap");
    try (CaptureFileSource source = new CaptureFileSource(reader, port -> port == 53, anyUdp)) {
      boolean more = true;
      while (more) {
        more = source.readNext(handler);
      }
      return new Replay(packets, source.counters(), unreadable.size());
    }
  }

  /// The sum of the counters, which equals `read`.
  long accounted() {
    return counters.delivered()
        + counters.notDns()
        + counters.noPayload()
        + counters.fragments()
        + counters.truncated()
        + counters.badHeader()
        + counters.unknownLinkType();
  }
}

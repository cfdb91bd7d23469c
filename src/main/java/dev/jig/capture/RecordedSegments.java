package dev.jig.capture;

import dev.jig.event.IpAddress;
import dev.jig.table.Lru;
import java.util.Arrays;

/// Reads messages from TCP segments that `-o pcapng` wrote: a segment holds one message behind its
/// length. The longest messages do not fit; their last bytes are in the connection's next segment,
/// with the same row option. At most 64 messages are incomplete, the oldest is evicted.
final class RecordedSegments {
  private static final int MAX_INCOMPLETE = 64;
  private static final int LENGTH_BYTES = 2;

  private record Flow(
      IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Incomplete(byte[] option, byte[] bytes) {}

  private final Lru<Flow, Incomplete> incomplete = new Lru<>(MAX_INCOMPLETE);

  /// Adds the segment in `packet`. If a message is complete now, makes it the packet's payload;
  /// else returns false.
  ///
  /// @param option the bytes of the packet's row option
  boolean assemble(Packet packet, byte[] option) {
    Flow flow =
        new Flow(packet.source, packet.sourcePort, packet.destination, packet.destinationPort);
    Incomplete before = incomplete.remove(flow);
    if (before != null && Arrays.equals(before.option(), option)) {
      join(before.bytes(), packet);
    }
    int available = packet.payloadLength - LENGTH_BYTES;
    int length = available < 0 ? -1 : messageLength(packet);
    if (available < length) {
      keep(flow, option, packet);
      return false;
    }
    packet.payloadOffset += LENGTH_BYTES;
    packet.payloadLength = length;
    return length >= 0;
  }

  private static int messageLength(Packet packet) {
    int at = packet.payloadOffset;
    return (packet.payload[at] & 0xff) << 8 | packet.payload[at + 1] & 0xff;
  }

  private static void join(byte[] before, Packet packet) {
    byte[] all = Arrays.copyOf(before, before.length + packet.payloadLength);
    System.arraycopy(
        packet.payload, packet.payloadOffset, all, before.length, packet.payloadLength);
    packet.payload = all;
    packet.payloadOffset = 0;
    packet.payloadLength = all.length;
  }

  private void keep(Flow flow, byte[] option, Packet packet) {
    int from = packet.payloadOffset;
    incomplete.put(
        flow,
        new Incomplete(
            option, Arrays.copyOfRange(packet.payload, from, from + packet.payloadLength)));
  }
}

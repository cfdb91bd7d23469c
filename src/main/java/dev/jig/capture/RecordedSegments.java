package dev.jig.capture;

import dev.jig.event.IpAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// TCP segments with a note, as an earlier trace wrote them: each holds one message behind its
/// length, and the few bytes by which the longest messages exceed a packet come in the next segment
/// of the connection, with the same note. Bounded: the longest unused gives way.
final class RecordedSegments {
  private static final int BEGUN_AT_MOST = 64;
  private static final int LENGTH_BYTES = 2;

  private record Flow(
      IpAddress source, int sourcePort, IpAddress destination, int destinationPort) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Begun(String note, byte[] bytes) {}

  private final Map<Flow, Begun> begun = new LinkedHashMap<>();

  /// Takes the segment in `packet`. If that completes a message, its payload is the message then;
  /// else false.
  boolean assemble(Packet packet, String note) {
    Flow flow =
        new Flow(packet.source, packet.sourcePort, packet.destination, packet.destinationPort);
    Begun before = begun.remove(flow);
    if (before != null && before.note().equals(note)) {
      join(before.bytes(), packet);
    }
    int there = packet.payloadLength - LENGTH_BYTES;
    int length = there < 0 ? -1 : messageLength(packet);
    if (there < length) {
      keep(flow, note, packet);
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

  private void keep(Flow flow, String note, Packet packet) {
    if (begun.size() >= BEGUN_AT_MOST) {
      begun.remove(begun.keySet().iterator().next());
    }
    int from = packet.payloadOffset;
    begun.put(
        flow,
        new Begun(note, Arrays.copyOfRange(packet.payload, from, from + packet.payloadLength)));
  }
}

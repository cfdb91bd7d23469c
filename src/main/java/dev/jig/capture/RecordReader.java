package dev.jig.capture;

import dev.jig.bpf.BadRecordException;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Turns the kernel's records ([RecordLayout]) into calls of a [PacketHandler]. One per ring, on
/// its thread.
final class RecordReader {
  private PacketHandler handler;
  private final Packet packet = new Packet();
  private final OwnerCache owners = new OwnerCache();
  private final IpAddressCache addresses = new IpAddressCache();
  private final ChunkStore chunks = new ChunkStore();
  private final byte[] inline = new byte[RecordLayout.MAX_INLINE];
  private long bootToRealNs;
  private long packets;
  private long notices;
  private long incomplete;

  RecordReader(PacketHandler handler) {
    this.handler = handler;
  }

  void setHandler(PacketHandler next) {
    handler = next;
  }

  /// Sets CLOCK_REALTIME minus CLOCK_BOOTTIME, in nanoseconds.
  void setBootToReal(long offsetNs) {
    bootToRealNs = offsetNs;
  }

  /// Packet records read; equals the kernel's `recorded` once the ring is empty.
  long packets() {
    return packets;
  }

  /// Notices read: cgroup and closed records. Equals the kernel's `notices` once the ring is empty.
  long notices() {
    return notices;
  }

  /// Packet records dropped because chunks are missing.
  long incompletePackets() {
    return incomplete;
  }

  /// Reads the record of `length` bytes at `at`, in place, and nothing beyond it.
  ///
  /// @throws BadRecordException if the record contradicts its length or its kind is unknown
  void onRecord(MemorySegment data, long at, int length) {
    int kind = length == 0 ? 0 : RecordLayout.u8(data, at + RecordLayout.KIND);
    switch (kind) {
      case RecordLayout.KIND_PACKET -> readPacket(data, at, length);
      case RecordLayout.KIND_CHUNK -> readChunk(data, at, length);
      case RecordLayout.KIND_CGROUP -> readCgroup(data, at, length);
      case RecordLayout.KIND_CLOSED -> readClosed(data, at, length);
      default -> throw BadRecordException.atOffset(at, length, "unknown kind " + kind);
    }
  }

  /// @param head bytes ahead of the variable part
  /// @param variable what the record says of its variable part's length
  private static void checkLength(long at, int length, int head, int variable) {
    if (variable < 0 || variable > length - head) {
      throw BadRecordException.atOffset(
          at, length, variable + " bytes behind the first " + head + " do not fit");
    }
  }

  private static void checkHead(long at, int length, int head) {
    if (length < head) {
      throw BadRecordException.atOffset(at, length, "its kind has at least " + head + " bytes");
    }
  }

  private void readChunk(MemorySegment data, long at, int length) {
    checkHead(at, length, RecordLayout.CHUNK_DATA);
    int offset = RecordLayout.i32(data, at + RecordLayout.CHUNK_OFFSET);
    int chunkLength = RecordLayout.i32(data, at + RecordLayout.CHUNK_LEN);
    checkLength(at, length, RecordLayout.CHUNK_DATA, chunkLength);
    if (!chunks.add(data, at, offset, chunkLength)) {
      throw BadRecordException.atOffset(at, length, "a chunk at payload offset " + offset);
    }
  }

  private void readCgroup(MemorySegment data, long at, int length) {
    checkHead(at, length, RecordLayout.CGROUP_PATH);
    notices++;
    int pathLength = RecordLayout.i32(data, at + RecordLayout.CGROUP_PATH_LEN);
    if (pathLength <= 0 || pathLength >= RecordLayout.CGROUP_PATH_MAX) {
      return; // unreadable or truncated: the cgroup is found when its tree is walked
    }
    checkLength(at, length, RecordLayout.CGROUP_PATH, pathLength);
    byte[] path = new byte[pathLength - 1];
    MemorySegment.copy(
        data, ValueLayout.JAVA_BYTE, at + RecordLayout.CGROUP_PATH, path, 0, path.length);
    handler.onCgroupCreated(
        RecordLayout.i64(data, at + RecordLayout.CGROUP_ID),
        new String(path, StandardCharsets.UTF_8));
  }

  private void readClosed(MemorySegment data, long at, int length) {
    checkHead(at, length, RecordLayout.CLOSED_LEN);
    notices++;
    handler.onSocketClosed(
        RecordLayout.i64(data, at + RecordLayout.CLOSED_COOKIE),
        RecordLayout.i64(data, at + RecordLayout.CLOSED_TIME));
  }

  private void readPacket(MemorySegment data, long at, int length) {
    checkHead(at, length, RecordLayout.PAYLOAD);
    int total = RecordLayout.i32(data, at + RecordLayout.PAYLOAD_LEN);
    int inlineLength = RecordLayout.i32(data, at + RecordLayout.INLINE_LEN);
    checkLength(at, length, RecordLayout.PAYLOAD, inlineLength);
    checkPayload(at, length, inlineLength, total);
    packets++;
    readHead(data, at);
    readOwner(data, at);
    if (!readPayload(data, at, inlineLength, total)) {
      incomplete++;
      return;
    }
    int segment = RecordLayout.i32(data, at + RecordLayout.GSO_SIZE);
    if (packet.protocol == Protocol.UDP && segment > 0 && segment < total) {
      deliverDatagrams(segment, total);
    } else {
      handler.onPacket(packet);
    }
  }

  private static void checkPayload(long at, int length, int inlineLength, int total) {
    if (inlineLength > total || inlineLength > RecordLayout.MAX_INLINE) {
      throw BadRecordException.atOffset(
          at, length, inlineLength + " inline bytes of a payload of " + total);
    }
  }

  /// UDP segmentation offload (UDP_SEGMENT): one packet carries datagrams of `segment` bytes, of
  /// which the last may be shorter.
  private void deliverDatagrams(int segment, int total) {
    for (int from = 0; from < total; from += segment) {
      packet.payloadOffset = from;
      packet.payloadLength = Math.min(segment, total - from);
      handler.onPacket(packet);
    }
  }

  private void readHead(MemorySegment data, long at) {
    boolean egress =
        RecordLayout.u8(data, at + RecordLayout.DIRECTION) == RecordLayout.DIRECTION_EGRESS;
    packet.direction = egress ? Packet.Direction.EGRESS : Packet.Direction.INGRESS;
    packet.type =
        egress
            ? PacketType.OUTGOING
            : PacketType.of(RecordLayout.u8(data, at + RecordLayout.PKT_TYPE));
    packet.protocol =
        RecordLayout.u8(data, at + RecordLayout.PROTOCOL) == RecordLayout.PROTOCOL_TCP
            ? Protocol.TCP
            : Protocol.UDP;
    packet.bootNs = RecordLayout.i64(data, at + RecordLayout.TIME);
    packet.timeNs = packet.bootNs + bootToRealNs;
    packet.socketNetNs = RecordLayout.u32(data, at + RecordLayout.NETNS);
    packet.socketCookie = RecordLayout.i64(data, at + RecordLayout.COOKIE);
    packet.tcpSeq = RecordLayout.i32(data, at + RecordLayout.TCP_SEQ);
    packet.cgroupId = RecordLayout.i64(data, at + RecordLayout.CGROUP);
    packet.sourcePort = RecordLayout.u16(data, at + RecordLayout.SOURCE_PORT);
    packet.destinationPort = RecordLayout.u16(data, at + RecordLayout.DESTINATION_PORT);
    packet.source = address(data, at + RecordLayout.SOURCE);
    packet.destination = address(data, at + RecordLayout.DESTINATION);
    boolean known = RecordLayout.u8(data, at + RecordLayout.ASKED_KNOWN) != 0;
    packet.nameserver = known ? address(data, at + RecordLayout.ASKED) : null;
    packet.nameserverPort = known ? RecordLayout.u16(data, at + RecordLayout.ASKED_PORT) : 0;
  }

  private IpAddress address(MemorySegment data, long at) {
    return addresses.get(RecordLayout.network64(data, at), RecordLayout.network64(data, at + 8));
  }

  private void readOwner(MemorySegment data, long at) {
    packet.attribution =
        switch (RecordLayout.u8(data, at + RecordLayout.ATTRIBUTION)) {
          case RecordLayout.ATTRIBUTION_EXACT -> Attribution.EXACT;
          case RecordLayout.ATTRIBUTION_SOCKET -> Attribution.SOCKET;
          default -> Attribution.UNKNOWN;
        };
    packet.owner =
        packet.attribution == Attribution.UNKNOWN
            ? null
            : owners.get(data, at + RecordLayout.OWNER);
  }

  /// Sets the packet's payload; false if chunks are missing.
  private boolean readPayload(MemorySegment data, long at, int inlineLength, int total) {
    packet.payloadOffset = 0;
    packet.payloadLength = total;
    long from = at + RecordLayout.PAYLOAD;
    if (inlineLength == total) {
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, inline, 0, inlineLength);
      packet.payload = inline;
      return true;
    }
    byte[] whole =
        chunks.takePayload(
            packet.bootNs,
            packet.socketCookie,
            RecordLayout.u8(data, at + RecordLayout.DIRECTION),
            data,
            from,
            inlineLength,
            total);
    if (whole != null) {
      packet.payload = whole;
    }
    return whole != null;
  }
}

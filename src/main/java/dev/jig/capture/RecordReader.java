package dev.jig.capture;

import dev.jig.event.Attribution;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Turns the kernel's records into packets and notices for a handler. One per ring, on its thread.
final class RecordReader {
  private final PacketHandler handler;
  private final Packet packet = new Packet();
  private final OwnerCache owners = new OwnerCache();
  private final IpAddressCache addresses = new IpAddressCache();
  private final ChunkStore chunks = new ChunkStore();
  private final byte[] inline = new byte[4096];
  private long bootToRealNs;
  private long packets;
  private long notices;
  private long incomplete;

  RecordReader(PacketHandler handler) {
    this.handler = handler;
  }

  /// What to add to the boot clock for the time of day, in nanoseconds.
  void setBootToReal(long offsetNs) {
    bootToRealNs = offsetNs;
  }

  /// Packet records read: the kernel's `recorded` once the ring is empty.
  long packets() {
    return packets;
  }

  /// Cgroup and closed records read.
  long notices() {
    return notices;
  }

  /// Packets whose chunks were not all there.
  long incompletePackets() {
    return incomplete;
  }

  /// One record of the ring, in place.
  void onRecord(MemorySegment data, long at, int length) {
    switch (RecordLayout.u8(data, at + RecordLayout.KIND)) {
      case RecordLayout.KIND_PACKET -> packet(data, at);
      case RecordLayout.KIND_CHUNK -> chunks.add(data, at);
      case RecordLayout.KIND_CGROUP -> cgroup(data, at);
      case RecordLayout.KIND_CLOSED -> closed(data, at);
      default -> throw new IllegalStateException("record of unknown kind, " + length + " bytes");
    }
  }

  private void cgroup(MemorySegment data, long at) {
    notices++;
    int length = RecordLayout.i32(data, at + RecordLayout.CGROUP_PATH_LEN);
    if (length <= 0 || length >= RecordLayout.CGROUP_PATH_MAX) {
      return; // unreadable or cut: the walk of the tree finds it
    }
    byte[] path = new byte[length - 1];
    MemorySegment.copy(
        data, ValueLayout.JAVA_BYTE, at + RecordLayout.CGROUP_PATH, path, 0, path.length);
    handler.onCgroupCreated(
        RecordLayout.i64(data, at + RecordLayout.CGROUP_ID),
        new String(path, StandardCharsets.UTF_8));
  }

  private void closed(MemorySegment data, long at) {
    notices++;
    handler.onSocketClosed(
        RecordLayout.i64(data, at + RecordLayout.CLOSED_COOKIE),
        RecordLayout.i64(data, at + RecordLayout.CLOSED_TIME));
  }

  private void packet(MemorySegment data, long at) {
    packets++;
    readHead(data, at);
    readOwner(data, at);
    int total = RecordLayout.i32(data, at + RecordLayout.PAYLOAD_LEN);
    int head = RecordLayout.i32(data, at + RecordLayout.INLINE_LEN);
    if (!readPayload(data, at, head, total)) {
      incomplete++;
      return;
    }
    int segment = RecordLayout.i32(data, at + RecordLayout.GSO_SIZE);
    if (packet.protocol == Protocol.UDP && segment > 0 && segment < total) {
      handOverSegments(segment, total);
    } else {
      handler.onPacket(packet);
    }
  }

  /// UDP segmentation offload: one packet carries several datagrams of `segment` bytes, the last
  /// may be shorter.
  private void handOverSegments(int segment, int total) {
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
    boolean asked = RecordLayout.u8(data, at + RecordLayout.ASKED_KNOWN) != 0;
    packet.nameserver = asked ? address(data, at + RecordLayout.ASKED) : null;
    packet.nameserverPort = asked ? RecordLayout.u16(data, at + RecordLayout.ASKED_PORT) : 0;
  }

  private dev.jig.event.IpAddress address(MemorySegment data, long at) {
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
        packet.attribution == Attribution.UNKNOWN ? null : owners.get(data, at + RecordLayout.OWNER);
  }

  private boolean readPayload(MemorySegment data, long at, int head, int total) {
    packet.payloadOffset = 0;
    packet.payloadLength = total;
    long from = at + RecordLayout.PAYLOAD;
    if (head == total) {
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, inline, 0, head);
      packet.payload = inline;
      return true;
    }
    byte[] whole =
        chunks.complete(
            packet.bootNs,
            packet.socketCookie,
            RecordLayout.u8(data, at + RecordLayout.DIRECTION),
            data,
            from,
            head,
            total);
    if (whole != null) {
      packet.payload = whole;
    }
    return whole != null;
  }
}

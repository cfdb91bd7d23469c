package dev.jig.capture;

import dev.jig.bpf.BadRecordException;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Turns the kernel's records ([RecordLayout]) into calls of a [PacketHandler]. One per ring, on
/// its thread. Each record is copied out of the ring once: reads of an array cost less than reads
/// of shared memory, which check each time that it is still mapped.
final class RecordReader {
  /// In the order of the kernel's numbers (src/main/bpf/trace_dns.h).
  static final List<Drop.Hook> HOOKS = List.of(Drop.Hook.values());

  static final List<Drop.Where> PLACES = List.of(Drop.Where.values());

  private PacketHandler handler;
  private final Packet packet = new Packet();
  private final OwnerCache owners = new OwnerCache();
  private final IpAddressCache addresses = new IpAddressCache();
  private final ChunkStore chunks = new ChunkStore();
  private final DropReasons reasons = new DropReasons();

  /// The present record.
  private final byte[] record = new byte[RecordLayout.MAX_LENGTH];

  private long bootToRealNs;
  private long packets;
  private long notices;
  private long incomplete;
  private long drops;

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

  /// Notices read: cgroup, closed, connect and unsent records. Equals the kernel's `notices` once
  /// the ring is empty.
  long notices() {
    return notices;
  }

  /// Drop records read; equals the kernel's `drops` once the ring is empty.
  long drops() {
    return drops;
  }

  /// Packet records dropped because chunks are missing.
  long incompletePackets() {
    return incomplete;
  }

  /// Reads the record of `length` bytes at `at`, and nothing beyond it.
  ///
  /// @throws BadRecordException if the record contradicts its length or its kind is unknown
  void onRecord(MemorySegment data, long at, int length) {
    if (length > record.length) {
      throw BadRecordException.atOffset(at, length, "the longest has " + record.length + " bytes");
    }
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, record, 0, length);
    int kind = length == 0 ? 0 : RecordLayout.u8(record, RecordLayout.KIND);
    switch (kind) {
      case RecordLayout.KIND_PACKET -> readPacket(at, length);
      case RecordLayout.KIND_CHUNK -> readChunk(at, length);
      case RecordLayout.KIND_CGROUP -> readCgroup(at, length);
      case RecordLayout.KIND_CLOSED -> readClosed(at, length);
      case RecordLayout.KIND_DROP -> readDrop(at, length);
      case RecordLayout.KIND_CONNECT -> readConnect(at, length);
      case RecordLayout.KIND_UNSENT -> readUnsent(at, length);
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

  private void readChunk(long at, int length) {
    checkHead(at, length, RecordLayout.CHUNK_DATA);
    int offset = RecordLayout.i32(record, RecordLayout.CHUNK_OFFSET);
    int chunkLength = RecordLayout.i32(record, RecordLayout.CHUNK_LEN);
    checkLength(at, length, RecordLayout.CHUNK_DATA, chunkLength);
    if (!chunks.add(record, offset, chunkLength)) {
      throw BadRecordException.atOffset(at, length, "a chunk at payload offset " + offset);
    }
  }

  private void readCgroup(long at, int length) {
    checkHead(at, length, RecordLayout.CGROUP_PATH);
    notices++;
    int pathLength = RecordLayout.i32(record, RecordLayout.CGROUP_PATH_LEN);
    if (pathLength <= 0 || pathLength >= RecordLayout.CGROUP_PATH_MAX) {
      return; // unreadable or truncated: the cgroup is found when its tree is walked
    }
    checkLength(at, length, RecordLayout.CGROUP_PATH, pathLength);
    handler.onCgroupCreated(
        RecordLayout.i64(record, RecordLayout.CGROUP_ID),
        new String(record, RecordLayout.CGROUP_PATH, pathLength - 1, StandardCharsets.UTF_8));
  }

  private void readClosed(long at, int length) {
    checkHead(at, length, RecordLayout.CLOSED_LEN);
    notices++;
    handler.onSocketClosed(
        RecordLayout.i64(record, RecordLayout.CLOSED_COOKIE),
        RecordLayout.i64(record, RecordLayout.CLOSED_TIME));
  }

  private void readConnect(long at, int length) {
    checkHead(at, length, RecordLayout.PAYLOAD);
    notices++;
    readHead();
    readOwner();
    handler.onConnect(packet);
  }

  private void readUnsent(long at, int length) {
    checkHead(at, length, RecordLayout.PAYLOAD);
    notices++;
    readHead();
    readOwner();
    int flags = RecordLayout.u8(record, RecordLayout.FLAGS);
    handler.onUnsent(packet, (flags & RecordLayout.ASKED_BY_CONNECT) != 0);
  }

  private void readDrop(long at, int length) {
    checkHead(at, length, RecordLayout.DROP_PAYLOAD);
    int payloadLength = RecordLayout.u16(record, RecordLayout.INLINE_LEN);
    checkLength(at, length, RecordLayout.DROP_PAYLOAD, payloadLength);
    drops++;
    readHead();
    readOwner();
    packet.payload = record;
    packet.payloadOffset = RecordLayout.DROP_PAYLOAD;
    packet.payloadLength = payloadLength;
    Drop.Hook hook = hook(at, length);
    boolean deviceDown = RecordLayout.u16(record, RecordLayout.DROP_DEVICE_DOWN) != 0;
    String reason =
        reasons.name(hook, RecordLayout.i32(record, RecordLayout.DROP_REASON), deviceDown);
    handler.onDrop(packet, new Drop(hook, reason, where(at, length)));
  }

  private Drop.Hook hook(long at, int length) {
    int hook = RecordLayout.u8(record, RecordLayout.DROP_HOOK) - 1; // the kernel's begin with 1
    if (hook < 0 || hook >= HOOKS.size()) {
      throw BadRecordException.atOffset(at, length, "a drop of hook " + (hook + 1));
    }
    return HOOKS.get(hook);
  }

  private Drop.Where where(long at, int length) {
    int place = RecordLayout.u8(record, RecordLayout.DROP_PLACE);
    if (place >= PLACES.size()) {
      throw BadRecordException.atOffset(at, length, "a drop at place " + place);
    }
    return PLACES.get(place);
  }

  private void readPacket(long at, int length) {
    checkHead(at, length, RecordLayout.PAYLOAD);
    int total = RecordLayout.i32(record, RecordLayout.PAYLOAD_LEN);
    int inlineLength = RecordLayout.u16(record, RecordLayout.INLINE_LEN);
    checkLength(at, length, RecordLayout.PAYLOAD, inlineLength);
    checkPayload(at, length, inlineLength, total);
    packets++;
    readHead();
    readOwner();
    if (!readPayload(inlineLength, total)) {
      incomplete++;
      return;
    }
    int segment = RecordLayout.u16(record, RecordLayout.GSO_SIZE);
    if (packet.protocol == Protocol.UDP && segment > 0 && segment < total) {
      deliverDatagrams(segment, total);
    } else {
      handler.onPacket(packet);
    }
  }

  private static void checkPayload(long at, int length, int inlineLength, int total) {
    if (inlineLength > total) {
      throw BadRecordException.atOffset(
          at, length, inlineLength + " inline bytes of a payload of " + total);
    }
  }

  /// UDP segmentation offload (UDP_SEGMENT): one packet carries datagrams of `segment` bytes, of
  /// which the last may be shorter.
  private void deliverDatagrams(int segment, int total) {
    int start = packet.payloadOffset;
    for (int from = 0; from < total; from += segment) {
      packet.payloadOffset = start + from;
      packet.payloadLength = Math.min(segment, total - from);
      handler.onPacket(packet);
    }
  }

  private void readHead() {
    boolean egress =
        RecordLayout.u8(record, RecordLayout.DIRECTION) == RecordLayout.DIRECTION_EGRESS;
    packet.direction = egress ? Packet.Direction.EGRESS : Packet.Direction.INGRESS;
    packet.type =
        egress
            ? PacketType.OUTGOING
            : PacketType.of(RecordLayout.u8(record, RecordLayout.PKT_TYPE));
    packet.protocol =
        RecordLayout.u8(record, RecordLayout.PROTOCOL) == RecordLayout.PROTOCOL_TCP
            ? Protocol.TCP
            : Protocol.UDP;
    packet.bootNs = RecordLayout.i64(record, RecordLayout.TIME);
    packet.timeNs = packet.bootNs + bootToRealNs;
    packet.socketNetNs = RecordLayout.u32(record, RecordLayout.NETNS);
    packet.socketCookie = RecordLayout.i64(record, RecordLayout.COOKIE);
    packet.tcpSeq = RecordLayout.i32(record, RecordLayout.TCP_SEQ);
    packet.cgroupId = RecordLayout.i64(record, RecordLayout.CGROUP);
    packet.sourcePort = RecordLayout.u16(record, RecordLayout.SOURCE_PORT);
    packet.destinationPort = RecordLayout.u16(record, RecordLayout.DESTINATION_PORT);
    packet.source = address(RecordLayout.SOURCE);
    packet.destination = address(RecordLayout.DESTINATION);
    int flags = RecordLayout.u8(record, RecordLayout.FLAGS);
    packet.tcpSyn = (flags & RecordLayout.TCP_BEGINS) != 0;
    packet.tcpAcknowledges = (flags & RecordLayout.TCP_ACKNOWLEDGES) != 0;
    packet.bufferFilling = (flags & RecordLayout.BUFFER_FILLING) != 0;
    packet.tcpAck = RecordLayout.i32(record, RecordLayout.TCP_ACK);
    boolean known = (flags & RecordLayout.ASKED_KNOWN) != 0;
    packet.nameserver = known ? address(RecordLayout.ASKED) : null;
    packet.nameserverPort = known ? RecordLayout.u16(record, RecordLayout.ASKED_PORT) : 0;
  }

  private IpAddress address(int at) {
    return addresses.get(
        RecordLayout.network64(record, at), RecordLayout.network64(record, at + 8));
  }

  private void readOwner() {
    packet.attribution =
        switch (RecordLayout.u8(record, RecordLayout.ATTRIBUTION)) {
          case RecordLayout.ATTRIBUTION_EXACT -> Attribution.EXACT;
          case RecordLayout.ATTRIBUTION_SOCKET -> Attribution.SOCKET;
          default -> Attribution.UNKNOWN;
        };
    packet.owner =
        packet.attribution == Attribution.UNKNOWN ? null : owners.get(record, RecordLayout.OWNER);
  }

  /// Sets the packet's payload; false if chunks are missing.
  private boolean readPayload(int inlineLength, int total) {
    packet.payloadLength = total;
    if (inlineLength == total) {
      packet.payload = record;
      packet.payloadOffset = RecordLayout.PAYLOAD;
      return true;
    }
    byte[] whole = chunks.takePayload(record, inlineLength, total);
    if (whole != null) {
      packet.payload = whole;
      packet.payloadOffset = 0;
    }
    return whole != null;
  }
}

package dev.jig.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Builds records as the kernel program writes them ([RecordLayout]).
final class KernelRecord {
  static final long TIME = 5_000_000_000L;
  static final long COOKIE = 77;
  private static final int EGRESS = RecordLayout.DIRECTION_EGRESS;

  private final MemorySegment bytes;

  private KernelRecord(int length, int kind) {
    bytes = MemorySegment.ofArray(new byte[length]);
    u8(RecordLayout.KIND, kind);
  }

  /// UDP from [2001:db8::1]:40000 to 192.0.2.53:53, sent by process 20.
  static KernelRecord packet(byte[] payload) {
    return packet(payload, payload.length);
  }

  /// The same with only the first `inline` bytes in the record.
  static KernelRecord packet(byte[] payload, int inline) {
    KernelRecord record = new KernelRecord(RecordLayout.PAYLOAD + inline, RecordLayout.KIND_PACKET);
    record.u8(RecordLayout.DIRECTION, EGRESS);
    record.u8(RecordLayout.PROTOCOL, 17);
    record.u8(RecordLayout.ATTRIBUTION, 2);
    record.u16(RecordLayout.SOURCE_PORT, 40_000);
    record.u16(RecordLayout.DESTINATION_PORT, 53);
    record.i32(RecordLayout.PAYLOAD_LEN, payload.length);
    record.u16(RecordLayout.INLINE_LEN, inline);
    record.i64(RecordLayout.TIME, TIME);
    record.i64(RecordLayout.COOKIE, COOKIE);
    record.i64(RecordLayout.CGROUP, 900);
    record.put(RecordLayout.SOURCE, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    record.put(RecordLayout.DESTINATION, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 53);
    record.owner(20, 21, "dig");
    MemorySegment.copy(
        payload, 0, record.bytes, ValueLayout.JAVA_BYTE, RecordLayout.PAYLOAD, inline);
    return record;
  }

  /// Bytes of a payload from `offset` on, up to 4,096.
  static KernelRecord chunk(byte[] payload, int offset) {
    int length = Math.min(4096, payload.length - offset);
    KernelRecord record = new KernelRecord(RecordLayout.CHUNK_DATA + 4096, RecordLayout.KIND_CHUNK);
    record.u8(RecordLayout.DIRECTION, EGRESS);
    record.i32(RecordLayout.CHUNK_OFFSET, offset);
    record.i32(RecordLayout.CHUNK_LEN, length);
    record.i64(RecordLayout.CHUNK_TIME, TIME);
    record.i64(RecordLayout.CHUNK_COOKIE, COOKIE);
    MemorySegment.copy(
        payload, offset, record.bytes, ValueLayout.JAVA_BYTE, RecordLayout.CHUNK_DATA, length);
    return record;
  }

  /// @param pathLength with the terminating NUL, as in the kernel's record
  static KernelRecord cgroup(long id, String path, int pathLength) {
    int length = RecordLayout.CGROUP_PATH + RecordLayout.CGROUP_PATH_MAX;
    KernelRecord record = new KernelRecord(length, RecordLayout.KIND_CGROUP);
    record.i32(RecordLayout.CGROUP_PATH_LEN, pathLength);
    record.i64(RecordLayout.CGROUP_ID, id);
    record.text(RecordLayout.CGROUP_PATH, path);
    return record;
  }

  static KernelRecord closed(long cookie, long time) {
    KernelRecord record = new KernelRecord(24, RecordLayout.KIND_CLOSED);
    record.i64(RecordLayout.CLOSED_TIME, time);
    record.i64(RecordLayout.CLOSED_COOKIE, cookie);
    return record;
  }

  /// The packet of [#packet] dropped.
  ///
  /// @param hook from 1, as in the kernel's enum drop_hook
  static KernelRecord drop(byte[] payload, int hook, int reason, int place) {
    KernelRecord packet = packet(payload);
    KernelRecord record =
        new KernelRecord(RecordLayout.DROP_PAYLOAD + payload.length, RecordLayout.KIND_DROP);
    MemorySegment.copy(packet.bytes, 0, record.bytes, 0, RecordLayout.PAYLOAD);
    MemorySegment.copy(
        packet.bytes,
        RecordLayout.PAYLOAD,
        record.bytes,
        RecordLayout.DROP_PAYLOAD,
        payload.length);
    record.u8(RecordLayout.KIND, RecordLayout.KIND_DROP);
    record.i32(RecordLayout.DROP_REASON, reason);
    record.u8(RecordLayout.DROP_HOOK, hook);
    record.u8(RecordLayout.DROP_PLACE, place);
    return record;
  }

  /// A record of zeros but its kind.
  static KernelRecord ofKind(int kind, int length) {
    return new KernelRecord(length, kind);
  }

  KernelRecord owner(int pid, int tid, String comm) {
    i32(RecordLayout.OWNER + RecordLayout.OWNER_PID, pid);
    i32(RecordLayout.OWNER + RecordLayout.OWNER_TID, tid);
    i32(RecordLayout.OWNER + RecordLayout.OWNER_UID, -2); // 4294967294 as unsigned
    i64(RecordLayout.OWNER + RecordLayout.OWNER_START_TIME, 3);
    text(RecordLayout.OWNER + RecordLayout.OWNER_COMM, comm);
    text(RecordLayout.OWNER + RecordLayout.OWNER_PROCESS_NAME, "app");
    return this;
  }

  KernelRecord u8(int at, int value) {
    bytes.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    return this;
  }

  KernelRecord u16(int at, int value) {
    bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) value);
    return this;
  }

  KernelRecord i32(int at, int value) {
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
    return this;
  }

  KernelRecord i64(int at, long value) {
    bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
    return this;
  }

  KernelRecord put(int at, int... values) {
    for (int i = 0; i < values.length; i++) {
      u8(at + i, values[i]);
    }
    return this;
  }

  KernelRecord text(int at, String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    MemorySegment.copy(utf8, 0, bytes, ValueLayout.JAVA_BYTE, at, utf8.length);
    return this;
  }

  /// Passes it to the reader from within a larger memory, as in a ring.
  void readBy(RecordReader reader) {
    MemorySegment ring = MemorySegment.ofArray(new byte[(int) bytes.byteSize() + 64]);
    MemorySegment.copy(bytes, 0, ring, 24, bytes.byteSize());
    reader.onRecord(ring, 24, (int) bytes.byteSize());
  }
}

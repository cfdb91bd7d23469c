package dev.jig.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/// Payload beyond the first 4 KiB, which the kernel writes as chunks before the packet's own
/// record. Chunks of several packets interleave: each waits here for its packet, the oldest packets
/// give way.
final class ChunkStore {
  private static final int MAX_PACKETS = 64;
  private static final int MAX_PAYLOAD = 1 << 18;

  /// What one packet's chunks have in common.
  private record Key(long time, long cookie, int direction) {}

  private static final class Buffer {
    byte[] bytes = new byte[1 << 16];
    int filled;
  }

  private final Map<Key, Buffer> waiting =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Buffer> eldest) {
          return size() > MAX_PACKETS;
        }
      };

  /// Keeps the chunk record at `at`.
  void add(MemorySegment data, long at) {
    int offset = RecordLayout.i32(data, at + RecordLayout.CHUNK_OFFSET);
    int length = RecordLayout.i32(data, at + RecordLayout.CHUNK_LEN);
    if (offset < 0 || length < 0 || offset + length > MAX_PAYLOAD) {
      return;
    }
    Key key =
        new Key(
            RecordLayout.i64(data, at + RecordLayout.CHUNK_TIME),
            RecordLayout.i64(data, at + RecordLayout.CHUNK_COOKIE),
            RecordLayout.u8(data, at + RecordLayout.DIRECTION));
    Buffer buffer = waiting.computeIfAbsent(key, k -> new Buffer());
    if (offset + length > buffer.bytes.length) {
      buffer.bytes = java.util.Arrays.copyOf(buffer.bytes, MAX_PAYLOAD);
    }
    MemorySegment.copy(
        data, ValueLayout.JAVA_BYTE, at + RecordLayout.CHUNK_DATA, buffer.bytes, offset, length);
    buffer.filled += length;
  }

  /// The whole payload of a packet: `head` bytes lie at `at`, the others came as chunks. Null if
  /// some are missing.
  byte @org.jspecify.annotations.Nullable [] complete(
      long time, long cookie, int direction, MemorySegment data, long at, int head, int total) {
    Buffer buffer = waiting.remove(new Key(time, cookie, direction));
    if (buffer == null || buffer.filled + head != total) {
      return null;
    }
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, buffer.bytes, 0, head);
    return buffer.bytes;
  }
}

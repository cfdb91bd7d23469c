package dev.jig.capture;

import dev.jig.table.Lru;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Chunks of payloads longer than 4,096 bytes, which the kernel writes before the packet's record.
/// Chunks of several packets interleave. At most 64 packets of 256 KiB; the packet with the oldest
/// last chunk is evicted.
final class ChunkStore {
  private static final int MAX_PACKETS = 64;
  private static final int MAX_PAYLOAD = 1 << 18;

  /// What a packet's record and its chunks have in common.
  private record Key(long time, long cookie, int direction) {}

  private static final class Buffer {
    byte[] bytes = new byte[1 << 16];
    int bytesAdded;
  }

  private final Lru<Key, Buffer> buffers = new Lru<>(MAX_PACKETS);

  /// Stores the payload bytes of the chunk record at `at`.
  ///
  /// @param offset of the chunk in the packet's payload
  /// @param length of the chunk, which lies within the record
  /// @return false if the chunk exceeds a payload of 256 KiB
  boolean add(MemorySegment data, long at, int offset, int length) {
    if (offset < 0 || offset > MAX_PAYLOAD - length) {
      return false;
    }
    Key key =
        new Key(
            RecordLayout.i64(data, at + RecordLayout.CHUNK_TIME),
            RecordLayout.i64(data, at + RecordLayout.CHUNK_COOKIE),
            RecordLayout.u8(data, at + RecordLayout.DIRECTION));
    Buffer buffer = buffers.computeIfAbsent(key, k -> new Buffer());
    if (offset + length > buffer.bytes.length) {
      buffer.bytes = Arrays.copyOf(buffer.bytes, MAX_PAYLOAD);
    }
    MemorySegment.copy(
        data, ValueLayout.JAVA_BYTE, at + RecordLayout.CHUNK_DATA, buffer.bytes, offset, length);
    buffer.bytesAdded += length;
    return true;
  }

  /// Removes and returns the payload of `total` bytes, of which `inlineLength` lie at `at`; the
  /// array may be longer. Null if chunks are missing.
  byte @Nullable [] takePayload(
      long time,
      long cookie,
      int direction,
      MemorySegment data,
      long at,
      int inlineLength,
      int total) {
    Buffer buffer = buffers.remove(new Key(time, cookie, direction));
    if (buffer == null
        || buffer.bytesAdded + inlineLength != total
        || total > buffer.bytes.length) {
      return null;
    }
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, buffer.bytes, 0, inlineLength);
    return buffer.bytes;
  }
}

package dev.jig.capture;

import dev.jig.table.Lru;
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

  /// Stores the payload bytes of a chunk record.
  ///
  /// @param offset of the chunk in the packet's payload
  /// @param length of the chunk, which lies within the record
  /// @return false if the chunk exceeds a payload of 256 KiB
  boolean add(byte[] record, int offset, int length) {
    if (offset < 0 || offset > MAX_PAYLOAD - length) {
      return false;
    }
    Key key =
        new Key(
            RecordLayout.i64(record, RecordLayout.CHUNK_TIME),
            RecordLayout.i64(record, RecordLayout.CHUNK_COOKIE),
            RecordLayout.u8(record, RecordLayout.DIRECTION));
    Buffer buffer = buffers.computeIfAbsent(key, k -> new Buffer());
    if (offset + length > buffer.bytes.length) {
      buffer.bytes = Arrays.copyOf(buffer.bytes, MAX_PAYLOAD);
    }
    System.arraycopy(record, RecordLayout.CHUNK_DATA, buffer.bytes, offset, length);
    buffer.bytesAdded += length;
    return true;
  }

  /// Removes and returns the payload of a packet's record; the array may be longer than `total`.
  /// Null if chunks are missing.
  ///
  /// @param inlineLength bytes of the payload that are in the record itself
  /// @param total bytes of the payload
  byte @Nullable [] takePayload(byte[] record, int inlineLength, int total) {
    Key key =
        new Key(
            RecordLayout.i64(record, RecordLayout.TIME),
            RecordLayout.i64(record, RecordLayout.COOKIE),
            RecordLayout.u8(record, RecordLayout.DIRECTION));
    Buffer buffer = buffers.remove(key);
    if (buffer == null
        || buffer.bytesAdded + inlineLength != total
        || total > buffer.bytes.length) {
      return null;
    }
    System.arraycopy(record, RecordLayout.PAYLOAD, buffer.bytes, 0, inlineLength);
    return buffer.bytes;
  }
}

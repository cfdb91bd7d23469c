package dev.jig.capture;

import dev.jig.event.Owner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Owners by the bytes the kernel wrote of them: the same thread asks again and again, and then
/// costs one comparison instead of two strings. Direct-mapped by thread id, so it can't grow.
final class OwnerCache {
  private static final int SLOTS = 1024;

  private final @Nullable Entry[] entries = new @Nullable Entry[SLOTS];

  private record Entry(MemorySegment bytes, Owner owner) {}

  /// The owner whose 72 bytes ([RecordLayout]) lie at `at`.
  Owner get(MemorySegment data, long at) {
    int slot = RecordLayout.i32(data, at + RecordLayout.OWNER_TID) & SLOTS - 1;
    Entry entry = entries[slot];
    MemorySegment bytes = data.asSlice(at, RecordLayout.OWNER_LEN);
    if (entry != null && entry.bytes.mismatch(bytes) < 0) {
      return entry.owner;
    }
    Owner owner = read(data, at);
    entries[slot] = new Entry(MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE)), owner);
    return owner;
  }

  private static Owner read(MemorySegment data, long at) {
    return new Owner(
        RecordLayout.i32(data, at + RecordLayout.OWNER_PID),
        RecordLayout.i32(data, at + RecordLayout.OWNER_TID),
        RecordLayout.u32(data, at + RecordLayout.OWNER_UID),
        RecordLayout.u32(data, at + RecordLayout.OWNER_GID),
        comm(data, at + RecordLayout.OWNER_COMM),
        RecordLayout.i32(data, at + RecordLayout.OWNER_PPID),
        comm(data, at + RecordLayout.OWNER_PCOMM),
        RecordLayout.u32(data, at + RecordLayout.OWNER_MNTNS),
        RecordLayout.u32(data, at + RecordLayout.OWNER_NETNS),
        RecordLayout.i64(data, at + RecordLayout.OWNER_START_TIME),
        null);
  }

  /// Up to the first NUL; UTF-8, what is not becomes U+FFFD.
  private static String comm(MemorySegment data, long at) {
    int length = 0;
    while (length < RecordLayout.COMM_LEN && RecordLayout.u8(data, at + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

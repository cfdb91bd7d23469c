package dev.jig.capture;

import dev.jig.event.Owner;
import dev.jig.table.DirectMapped;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Shares owner objects: a thread that sends again costs a comparison of 88 bytes instead of three
/// new strings. Direct mapped by thread id, 1,024 slots.
final class OwnerCache {
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record, never changed
  private record Cached(byte[] bytes, Owner owner) {}

  private final DirectMapped<Cached> byThread = new DirectMapped<>(1024);

  /// The owner at `at` (struct owner).
  Owner get(byte[] record, int at) {
    int end = at + RecordLayout.OWNER_LEN;
    int thread = RecordLayout.i32(record, at + RecordLayout.OWNER_TID);
    Cached cached = byThread.get(thread);
    if (cached != null && Arrays.equals(cached.bytes, 0, RecordLayout.OWNER_LEN, record, at, end)) {
      return cached.owner;
    }
    Owner owner = read(record, at);
    byThread.put(thread, new Cached(Arrays.copyOfRange(record, at, end), owner));
    return owner;
  }

  private static Owner read(byte[] record, int at) {
    return new Owner(
        RecordLayout.i32(record, at + RecordLayout.OWNER_PID),
        RecordLayout.i32(record, at + RecordLayout.OWNER_TID),
        RecordLayout.u32(record, at + RecordLayout.OWNER_UID),
        RecordLayout.u32(record, at + RecordLayout.OWNER_GID),
        comm(record, at + RecordLayout.OWNER_COMM),
        comm(record, at + RecordLayout.OWNER_PROCESS_NAME),
        RecordLayout.i32(record, at + RecordLayout.OWNER_PPID),
        comm(record, at + RecordLayout.OWNER_PCOMM),
        RecordLayout.u32(record, at + RecordLayout.OWNER_MNTNS),
        RecordLayout.u32(record, at + RecordLayout.OWNER_NETNS),
        RecordLayout.i64(record, at + RecordLayout.OWNER_START_TIME),
        null,
        null,
        0);
  }

  /// Decodes a comm up to its first NUL as UTF-8, with U+FFFD for invalid bytes.
  private static String comm(byte[] record, int at) {
    int length = 0;
    while (length < RecordLayout.COMM_LEN && record[at + length] != 0) {
      length++;
    }
    return new String(record, at, length, StandardCharsets.UTF_8);
  }
}

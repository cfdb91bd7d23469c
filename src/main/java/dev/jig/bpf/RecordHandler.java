package dev.jig.bpf;

import java.lang.foreign.MemorySegment;

/// Receives the records of a ring, in order, on the thread that reads it.
@FunctionalInterface
public interface RecordHandler {
  /// A record: `length` bytes at `offset` of the read-only part of the ring that is mapped, valid
  /// until this returns.
  void onRecord(MemorySegment ring, long offset, int length);
}

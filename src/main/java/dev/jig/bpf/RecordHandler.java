package dev.jig.bpf;

import java.lang.foreign.MemorySegment;

/// Takes the records of a ring, one by one.
@FunctionalInterface
public interface RecordHandler {
  /// A record in place: `length` bytes at `offset` of the read-only ring, valid until this returns.
  void onRecord(MemorySegment ring, long offset, int length);
}

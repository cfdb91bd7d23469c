package dev.jig.bpf;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The part of a ring's data that is mapped: from the record that is read next on. A mapped page
/// counts as resident memory of this process, so that a ring is mapped a window at a time.
///
/// The kernel offers the data twice in a row (kernel/bpf/ringbuf.c), so that a record that wraps
/// around the end is contiguous in every window.
final class RingWindow implements AutoCloseable {
  /// Maps parts of the data, and unmaps them.
  interface Mapper {
    /// Maps a part of the data.
    ///
    /// @param from offset in the data, a multiple of the page size
    MemorySegment map(long from, long length);

    void unmap(MemorySegment mapped);
  }

  private final Mapper mapper;
  private final long page;
  private final long size;
  private final long length;
  private final long longestRecord;
  private @Nullable MemorySegment mapped;

  /// The offset in the data of the first mapped byte.
  private long from;

  /// @param size of the data
  /// @param length how many bytes are mapped besides the longest record, at most the size
  /// @param longestRecord bytes of the longest record, at most the size; all are multiples of the
  ///   page size
  RingWindow(Mapper mapper, long page, long size, long length, long longestRecord) {
    this.mapper = mapper;
    this.page = page;
    this.size = size;
    this.length = length;
    this.longestRecord = longestRecord;
  }

  /// Maps the window in which a whole record lies, unless it is mapped.
  ///
  /// @param at offset of the record in the data
  MemorySegment at(long at) {
    MemorySegment present = mapped;
    if (present != null && at >= from && at - from < length) {
      return present;
    }
    close();
    from = Math.min(at / page * page, size - length);
    MemorySegment next = mapper.map(from, length + longestRecord);
    mapped = next;
    return next;
  }

  /// The offset in the window of an offset in the data.
  long offset(long at) {
    return at - from;
  }

  @Override
  public void close() {
    MemorySegment present = mapped;
    mapped = null;
    if (present != null) {
      mapper.unmap(present);
    }
  }
}

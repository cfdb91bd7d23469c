package dev.jig.bpf;

import dev.jig.os.Errno;
import dev.jig.os.Libc;
import dev.jig.os.Native;
import dev.jig.os.NativeException;
import dev.jig.os.WakeUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/// The consumer of a BPF_MAP_TYPE_RINGBUF, which reads records in place (kernel/bpf/ringbuf.c). For
/// one thread.
///
/// ```
/// consumer page (read-write)   0 u64 consumer position
/// producer page (read-only)    0 u64 producer position
/// data, twice (read-only)      record = header 8 · sample · padding to 8
///   header                     0 u32 length, bit 31 BUSY, bit 30 DISCARD · 4 u32 page offset
/// ```
///
/// Positions only grow; modulo the ring's size they are offsets into data, of which a [RingWindow]
/// is mapped.
///
/// A record that ends behind the producer position, or is longer than the mapping allows, is not
/// read: [BadRecordException], and the position stays at that record.
public final class RingBuffer implements AutoCloseable {
  static final int BUSY = 1 << 31;
  static final int DISCARD = 1 << 30;
  static final int HEADER = 8;

  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  /// Records between two updates of the consumer position, which free space for producers.
  private static final int PUBLISH_EVERY = 64;

  /// Bytes of data that are mapped at a time: some 7,000 records of packets.
  private static final int WINDOW = 2 << 20;

  private static final int BUSY_WAIT_MS = 1;
  private static final long BUSY_WAIT_NS = 50_000;

  // struct pollfd: fd 0 i32 · events 4 i16 · revents 6 i16
  private static final int POLLFD = 8;
  private static final short POLLIN = 1;

  private final Arena arena;
  private final MemorySegment consumer;
  private final MemorySegment producerPage;
  private final RingWindow window;
  private final long mask;
  private final long maxLength; // of a sample that is contiguous wherever it starts
  private final WakeUp wakeUp;
  private final MemorySegment pollFds; // the wake-up first, so that one entry polls it alone
  private long position;

  /// @param size of the data, in bytes
  /// @param maxRecord bytes that a window maps behind the start of any record
  RingBuffer(
      Arena arena,
      MemorySegment consumer,
      MemorySegment producerPage,
      RingWindow window,
      long size,
      long maxRecord,
      int fd,
      WakeUp wakeUp) {
    this.arena = arena;
    this.consumer = consumer;
    this.producerPage = producerPage;
    this.window = window;
    this.mask = size - 1;
    this.maxLength = maxRecord - HEADER;
    this.wakeUp = wakeUp;
    this.pollFds = arena.allocate(2 * POLLFD, Integer.BYTES);
    this.position = (long) LONG.getAcquire(consumer, 0L);
    setPollFd(0, wakeUp.fd());
    setPollFd(POLLFD, fd);
  }

  /// Maps a ring.
  ///
  /// @param maxLength the length of the longest sample, in bytes
  /// @param wakeUp ends a [#poll] early
  /// @throws NativeException if the map is no ring
  @SuppressWarnings("MustBeClosedChecker") // closed with the ring
  public static RingBuffer map(BpfMap map, int maxLength, WakeUp wakeUp) {
    Arena arena = Arena.ofShared();
    try {
      long page = Libc.pageSize();
      int write = Libc.PROT_READ | Libc.PROT_WRITE;
      long size = map.maxEntries();
      long maxRecord = Math.min(size, (maxLength + HEADER + page - 1) / page * page);
      MemorySegment consumer = Libc.mmap(arena, page, write, Libc.MAP_SHARED, map.fd(), 0);
      MemorySegment producer =
          Libc.mmap(arena, page, Libc.PROT_READ, Libc.MAP_SHARED, map.fd(), page);
      RingWindow window =
          new RingWindow(
              new DataMapper(map.fd(), 2 * page), page, size, Math.min(size, WINDOW), maxRecord);
      return new RingBuffer(arena, consumer, producer, window, size, maxRecord, map.fd(), wakeUp);
    } catch (RuntimeException refused) {
      arena.close();
      throw refused;
    }
  }

  /// Maps the data of a ring.
  ///
  /// @param fd of the BPF map
  /// @param start offset of the data in the map
  private record DataMapper(int fd, long start) implements RingWindow.Mapper {
    @Override
    public MemorySegment map(long from, long length) {
      return Libc.mapToRead(length, fd, start + from);
    }

    @Override
    public void unmap(MemorySegment mapped) {
      Libc.munmap(mapped);
    }
  }

  private void setPollFd(long at, int fd) {
    pollFds.set(ValueLayout.JAVA_INT, at, fd);
    pollFds.set(ValueLayout.JAVA_SHORT, at + 4, POLLIN);
  }

  /// Reads committed records until `max` were handled, the ring is empty or a record is busy. A
  /// record counts as read even if its handler throws.
  ///
  /// @return how many records were handled, discarded ones not included
  /// @throws BadRecordException if a header contradicts the producer position or the ring's size
  public int consume(RecordHandler handler, int max) {
    int handled = 0;
    int unpublished = 0;
    long producer = producer();
    try {
      while (handled < max && (position != producer || position != (producer = producer()))) {
        MemorySegment data = window.at(position & mask);
        long at = window.offset(position & mask);
        int header = (int) INT.getAcquire(data, at);
        if (header < 0) { // BUSY
          break;
        }
        int length = header & ~DISCARD;
        long next = position + ((length + HEADER + 7L) & ~7L);
        if (length > maxLength || next > producer || producer - position > size()) {
          throw badRecord(length, producer);
        }
        if (unpublished++ == PUBLISH_EVERY) {
          LONG.setRelease(consumer, 0L, position);
          unpublished = 1;
        }
        position = next;
        if (header == length) {
          handled++;
          handler.onRecord(data, at + HEADER, length);
        }
      }
    } finally {
      publish();
    }
    return handled;
  }

  private BadRecordException badRecord(int length, long producer) {
    String problem =
        length > maxLength
            ? "the longest sample has " + maxLength + " bytes"
            : "the producer is at " + producer + ", the ring has " + size() + " bytes";
    return BadRecordException.atPosition(position, length, problem);
  }

  /// Frees the space of read records. Volatile, a full fence: if the kernel still saw the old
  /// position when it committed a record, and therefore sent no wake-up, the next [#isReady] sees
  /// that record.
  private void publish() {
    LONG.setVolatile(consumer, 0L, position);
  }

  /// Waits until a record is ready, [WakeUp#wake] is called, or `timeoutMs` are over. A record
  /// committed with BPF_RB_NO_WAKEUP is seen at the timeout.
  ///
  /// @return whether a record is ready
  public boolean poll(int timeoutMs) {
    if (isReady()) {
      return true;
    }
    // A busy record keeps the ring's descriptor readable: polling it would spin.
    boolean busy = availableBytes() > 0;
    int ready =
        busy
            ? Libc.poll(pollFds, 1, Math.min(timeoutMs, BUSY_WAIT_MS))
            : Libc.poll(pollFds, 2, timeoutMs);
    if (ready < 0 && Native.errno() != Errno.EINTR) {
      throw NativeException.failed("cannot wait for the ring", Native.errno());
    }
    if (ready > 0 && pollFds.get(ValueLayout.JAVA_SHORT, 6) != 0) {
      wakeUp.clear();
    }
    return isReady();
  }

  /// Reads all records reserved before this call, and waits up to `timeoutNs` for busy ones. Call
  /// it when no producer runs any more; [#availableBytes] is then what stays unread.
  ///
  /// @return how many records were handled
  /// @throws BadRecordException as [#consume]
  public long drain(RecordHandler handler, long timeoutNs) {
    long end = producer();
    long deadline = System.nanoTime() + timeoutNs;
    long handled = consume(handler, Integer.MAX_VALUE);
    while (position < end && System.nanoTime() < deadline) {
      LockSupport.parkNanos(BUSY_WAIT_NS);
      handled += consume(handler, Integer.MAX_VALUE);
    }
    return handled;
  }

  /// Unread bytes, with headers and busy records.
  public long availableBytes() {
    return producer() - position;
  }

  /// The ring's size in bytes.
  public long size() {
    return mask + 1;
  }

  private boolean isReady() {
    if (availableBytes() == 0) {
      return false;
    }
    MemorySegment data = window.at(position & mask);
    return (int) INT.getAcquire(data, window.offset(position & mask)) >= 0;
  }

  private long producer() {
    return (long) LONG.getAcquire(producerPage, 0L);
  }

  @Override
  public void close() {
    window.close();
    arena.close();
  }
}

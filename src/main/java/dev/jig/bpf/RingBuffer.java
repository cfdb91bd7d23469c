package dev.jig.bpf;

import dev.jig.os.NativeException;
import dev.jig.os.Errno;
import dev.jig.os.Libc;
import dev.jig.os.Native;
import dev.jig.os.WakeUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/// The consumer of a BPF_MAP_TYPE_RINGBUF, reading records where the kernel wrote them
/// (kernel/bpf/ringbuf.c). For one thread.
///
/// ```
/// consumer page (read-write)   0 u64 consumer position
/// producer page (read-only)    0 u64 producer position
/// data, its start once more    record = header 8 · payload · padding to 8
///   header                     0 u32 length, bit 31 BUSY, bit 30 DISCARD · 4 u32 page offset
/// ```
///
/// Positions only grow; modulo the size they are offsets into data. What follows its end is its
/// start again, so that a record that wraps around is contiguous. The kernel offers the whole data
/// a second time, but each page counts as resident memory as often as it is mapped.
public final class RingBuffer implements AutoCloseable {
  static final int BUSY = 1 << 31;
  static final int DISCARD = 1 << 30;
  static final int HEADER = 8;

  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  /// So many records, and the producers get their room back.
  private static final int PUBLISH_EVERY = 64;

  private static final int BUSY_WAIT_MS = 1;
  private static final long BUSY_WAIT_NS = 50_000;

  // struct pollfd: fd 0 i32 · events 4 i16 · revents 6 i16
  private static final int POLLFD = 8;
  private static final short POLLIN = 1;

  private final Arena arena;
  private final MemorySegment consumer;
  private final MemorySegment ring; // producer page, data, its start again
  private final long dataStart;
  private final long mask;
  private final WakeUp wakeUp;
  private final MemorySegment polled; // the wake-up first, so that one entry waits for it alone
  private long position;

  RingBuffer(
      Arena arena,
      MemorySegment consumer,
      MemorySegment ring,
      int page,
      int size,
      int fd,
      WakeUp wakeUp) {
    this.arena = arena;
    this.consumer = consumer;
    this.ring = ring;
    this.dataStart = page;
    this.mask = size - 1L;
    this.wakeUp = wakeUp;
    this.polled = arena.allocate(2 * POLLFD, Integer.BYTES);
    this.position = (long) LONG.getAcquire(consumer, 0L);
    setPollFd(0, wakeUp.fd());
    setPollFd(POLLFD, fd);
  }

  /// Maps a ring; `wakeUp` ends a wait early.
  ///
  /// @param longest what no record's payload exceeds, in bytes
  /// @throws NativeException if the map is no ring
  @SuppressWarnings("MustBeClosedChecker") // closed with the ring
  public static RingBuffer map(BpfMap map, int longest, WakeUp wakeUp) {
    Arena arena = Arena.ofShared();
    try {
      int page = Libc.pageSize();
      int write = Libc.PROT_READ | Libc.PROT_WRITE;
      int size = map.maxEntries();
      int wrapped = (longest + HEADER + page - 1) / page * page;
      MemorySegment consumer = Libc.mmap(arena, page, write, Libc.MAP_SHARED, map.fd(), 0);
      MemorySegment ring =
          Libc.mmap(
              arena,
              (long) page + size + Math.min(wrapped, size),
              Libc.PROT_READ,
              Libc.MAP_SHARED,
              map.fd(),
              page);
      return new RingBuffer(arena, consumer, ring, page, size, map.fd(), wakeUp);
    } catch (RuntimeException refused) {
      arena.close();
      throw refused;
    }
  }

  private void setPollFd(long at, int fd) {
    polled.set(ValueLayout.JAVA_INT, at, fd);
    polled.set(ValueLayout.JAVA_SHORT, at + 4, POLLIN);
  }

  /// Hands over the records that are ready, `max` at most; stops at one still being written.
  /// Returns how many. A record whose sink throws counts as read.
  public int consume(RecordHandler sink, int max) {
    int handled = 0;
    int unpublished = 0;
    long producer = producer();
    try {
      while (handled < max && (position != producer || position != (producer = producer()))) {
        long at = dataStart + (position & mask);
        int header = (int) INT.getAcquire(ring, at);
        if (header < 0) { // BUSY
          break;
        }
        if (unpublished++ == PUBLISH_EVERY) {
          LONG.setRelease(consumer, 0L, position);
          unpublished = 1;
        }
        int length = header & ~DISCARD;
        position += (length + HEADER + 7L) & ~7L;
        if (header == length) {
          handled++;
          sink.onRecord(ring, at + HEADER, length);
        }
      }
    } finally {
      publish();
    }
    return handled;
  }

  /// Tells the producers how far we are. The full fence keeps a later sleep from missing the record
  /// whose producer saw the old position and therefore woke nobody.
  private void publish() {
    LONG.setVolatile(consumer, 0L, position);
  }

  /// Waits until a record is ready, the wake-up is called, or the time is over; returns whether a
  /// record is ready. Producers that don't wake are noticed at the latest after `timeoutMs`.
  public boolean poll(int timeoutMs) {
    if (isReady()) {
      return true;
    }
    // A record still being written keeps the ring's descriptor readable: don't spin on it.
    boolean busy = availableBytes() > 0;
    int ready =
        busy
            ? Libc.poll(polled, 1, Math.min(timeoutMs, BUSY_WAIT_MS))
            : Libc.poll(polled, 2, timeoutMs);
    if (ready < 0 && Native.errno() != Errno.EINTR) {
      throw NativeException.failed("cannot wait for the ring", Native.errno());
    }
    if (ready > 0 && polled.get(ValueLayout.JAVA_SHORT, 6) != 0) {
      wakeUp.clear();
    }
    return isReady();
  }

  /// Hands over all that was reserved up to now, waiting up to `patienceNs` for records still being
  /// written; what stays is told by [#availableBytes]. To be called when no producer is left.
  public long drain(RecordHandler sink, long patienceNs) {
    long end = producer();
    long deadline = System.nanoTime() + patienceNs;
    long handled = consume(sink, Integer.MAX_VALUE);
    while (position < end && System.nanoTime() < deadline) {
      LockSupport.parkNanos(BUSY_WAIT_NS);
      handled += consume(sink, Integer.MAX_VALUE);
    }
    return handled;
  }

  /// Bytes between the producers and us, headers and records still being written included.
  public long availableBytes() {
    return producer() - position;
  }

  /// The ring's size in bytes.
  public long size() {
    return mask + 1;
  }

  private boolean isReady() {
    return availableBytes() > 0 && (int) INT.getAcquire(ring, dataStart + (position & mask)) >= 0;
  }

  private long producer() {
    return (long) LONG.getAcquire(ring, 0L);
  }

  @Override
  public void close() {
    arena.close();
  }
}

package dev.jig.agent;

import dev.jig.event.Row;
import dev.jig.event.RowSize;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A client's events from the ring thread until the client acknowledges them. Bounded: while it is
/// full events are dropped, and their sequence numbers are missing at the client. One thread
/// offers, another takes.
public final class StreamBuffer {
  public static final int MAX_EVENTS = 16_384;

  /// Bound of the events' heap size.
  static final int MAX_BYTES = 16 << 20;

  /// A batch ends with the event that reaches this many bytes of names, addresses and messages.
  static final int BATCH_BYTES = 256 << 10;

  /// The bytes that all buffers of an agent hold together: an equal part for each, and a pool. A
  /// buffer takes at most as much of the pool as it leaves to others: of n buffers that are not
  /// read, each gets a part of n + 1.
  static final class Budget {
    /// A quarter of the agent's heap (src/main/dist/agent.options).
    static final int MAX_BYTES = 48 << 20;

    private final int ownBytes;
    private final int poolBytes;
    private final AtomicInteger pooled = new AtomicInteger();

    /// @param maxBuffers the number of buffers; a third of the bytes are their own parts
    Budget(int maxBytes, int maxBuffers) {
      ownBytes = maxBytes / 3 / maxBuffers;
      poolBytes = maxBytes - ownBytes * maxBuffers;
    }

    /// Takes bytes for a buffer, if it may hold more. Ring thread only, so that no two take the
    /// last ones.
    ///
    /// @param held what the buffer holds
    boolean tryTake(int bytes, int held) {
      int fromPool = pooled(held + bytes);
      if (fromPool > poolBytes - pooled.get()) {
        return fromPool == 0;
      }
      pooled.addAndGet(fromPool - pooled(held));
      return true;
    }

    /// @param held what the buffer still holds
    void giveBack(int bytes, int held) {
      pooled.addAndGet(pooled(held) - pooled(held + bytes));
    }

    private int pooled(int held) {
      return Math.max(0, held - ownBytes);
    }

    /// Bytes taken from the pool.
    int pooled() {
      return pooled.get();
    }
  }

  /// @param first sequence number of the first of `events`; if there are none, of the next event:
  ///   all before it were taken or dropped
  record Batch(long first, List<Row> events) {}

  private final Budget budget;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final @Nullable Row[] events = new @Nullable Row[MAX_EVENTS];
  private final long[] sequences = new long[MAX_EVENTS];

  // Positions only grow; an event's slot is its position modulo the capacity.
  private long oldest;
  private long unsent;
  private long end;

  private int bytes;
  private long newestSequence;
  private long dropped;
  private boolean woken;
  private boolean closed;

  /// How many events the taker waits for; 0: it does not wait.
  private int wantedEvents;

  /// @param budget shared by all buffers of the agent
  StreamBuffer(Budget budget) {
    this.budget = budget;
  }

  /// Adds an event, or drops it if the buffer is full. Never blocks on a client.
  void offer(Row event) {
    lock.lock();
    try {
      newestSequence++;
      int eventBytes = RowSize.of(event);
      if (closed
          || end - oldest == MAX_EVENTS
          || bytes + eventBytes > MAX_BYTES
          || !budget.tryTake(eventBytes, bytes)) {
        dropped++;
        return;
      }
      events[slot(end)] = event;
      sequences[slot(end)] = newestSequence;
      bytes += eventBytes;
      end++;
      if (wantedEvents > 0 && end - unsent >= wantedEvents) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next events with consecutive sequence numbers, at most `max`. Waits for the first;
  /// the batch is empty after `timeoutMs` or [#wake].
  ///
  /// @return null if `mayTake` is false
  @Nullable Batch take(int max, long timeoutMs, BooleanSupplier mayTake)
      throws InterruptedException {
    lock.lock();
    try {
      await(1, TimeUnit.MILLISECONDS.toNanos(timeoutMs));
      woken = false;
      return mayTake.getAsBoolean() ? next(max) : null;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until this many events can be taken, for at most `timeoutNs` or until [#wake].
  void awaitEvents(int wanted, long timeoutNs) throws InterruptedException {
    lock.lock();
    try {
      await(wanted, timeoutNs);
    } finally {
      lock.unlock();
    }
  }

  private void await(int wanted, long timeoutNs) throws InterruptedException {
    long leftNs = timeoutNs;
    wantedEvents = wanted;
    try {
      while (end - unsent < wanted && !woken && leftNs > 0) {
        leftNs = changed.awaitNanos(leftNs);
      }
    } finally {
      wantedEvents = 0;
    }
  }

  private Batch next(int max) {
    if (unsent == end) {
      return new Batch(newestSequence + 1, List.of());
    }
    long first = sequences[slot(unsent)];
    List<Row> batch = new ArrayList<>();
    int batchBytes = 0;
    while (unsent < end
        && batch.size() < max
        && batchBytes < BATCH_BYTES
        && sequences[slot(unsent)] == first + batch.size()) {
      Row event = events[slot(unsent)];
      if (event != null) {
        batch.add(event);
        batchBytes += RowSize.ofMessages(event);
      }
      unsent++;
    }
    return new Batch(first, batch);
  }

  /// Ends a wait of [#take] or [#awaitEvents].
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Removes the events up to this sequence number: the client has processed them.
  void acknowledge(long sequence) {
    lock.lock();
    try {
      while (oldest < unsent && sequences[slot(oldest)] <= sequence) {
        removeOldest();
      }
    } finally {
      lock.unlock();
    }
  }

  private void removeOldest() {
    Row removed = events[slot(oldest)];
    int removedBytes = removed == null ? 0 : RowSize.of(removed);
    bytes -= removedBytes;
    budget.giveBack(removedBytes, bytes);
    events[slot(oldest)] = null;
    oldest++;
  }

  /// Removes all events, and drops further ones.
  void close() {
    lock.lock();
    try {
      closed = true;
      while (oldest < end) {
        removeOldest();
      }
      unsent = end;
    } finally {
      lock.unlock();
    }
  }

  /// Acknowledges up to this sequence number, and makes all later events available to [#take]
  /// again.
  void rewind(long sequence) {
    acknowledge(sequence);
    lock.lock();
    try {
      unsent = oldest;
    } finally {
      lock.unlock();
    }
  }

  /// Sequence number of the newest event, buffered or dropped.
  long newestSequence() {
    lock.lock();
    try {
      return newestSequence;
    } finally {
      lock.unlock();
    }
  }

  /// Events dropped because the buffer was full.
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  private static int slot(long position) {
    return (int) (position % MAX_EVENTS);
  }
}

package dev.jig.agent;

import dev.jig.event.DnsEvent;
import dev.jig.event.WireMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A client's events from the ring thread until the client has said that it has them. Bounded: when
/// full, what comes is dropped, and its sequence number is missing in what the client gets. One
/// thread offers, another takes.
public final class StreamBuffer {
  /// About 16 MB of ordinary events.
  public static final int MAX_EVENTS = 16_384;

  /// Of events with many addresses or long messages fewer fit; without either an event weighs
  /// nothing.
  static final int MAX_BYTES = 16 << 20;

  /// So many bytes of addresses and messages, or little more, make a batch.
  static final int BATCH_BYTES = 256 << 10;

  /// Of an address as an object.
  private static final int ADDRESS_BYTES = 64;

  /// @param first sequence number of the first of `events`; where there is none, of the one to
  ///   come: all before it were taken or dropped
  record Batch(long first, List<DnsEvent> events) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final @Nullable DnsEvent[] events = new @Nullable DnsEvent[MAX_EVENTS];
  private final long[] sequences = new long[MAX_EVENTS];

  // Positions count up; an event lies at its position modulo the capacity.
  private long oldest;
  private long unsent;
  private long end;

  private int bytes;
  private long newestSequence;
  private long dropped;
  private boolean woken;

  /// The taker waits for so many; 0 if it does not wait.
  private int wantedEvents;

  /// Takes an event, or drops it where there is no room. Never waits for a client.
  void offer(DnsEvent event) {
    lock.lock();
    try {
      newestSequence++;
      int more = bytes(event);
      if (end - oldest == MAX_EVENTS || bytes + more > MAX_BYTES) {
        dropped++;
        return;
      }
      events[slot(end)] = event;
      sequences[slot(end)] = newestSequence;
      bytes += more;
      end++;
      if (wantedEvents > 0 && end - unsent >= wantedEvents) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The next events with consecutive sequence numbers, at most `most`; waits for the first, and
  /// comes back without any after `patienceMs` or [#wake]. Null where the taker may not any more.
  @Nullable Batch take(int most, long patienceMs, BooleanSupplier mayTake)
      throws InterruptedException {
    lock.lock();
    try {
      await(1, TimeUnit.MILLISECONDS.toNanos(patienceMs));
      woken = false;
      return mayTake.getAsBoolean() ? next(most) : null;
    } finally {
      lock.unlock();
    }
  }

  /// Lets events gather: comes back when there are so many, after `patienceNs` or [#wake].
  void awaitEvents(int wanted, long patienceNs) throws InterruptedException {
    lock.lock();
    try {
      await(wanted, patienceNs);
    } finally {
      lock.unlock();
    }
  }

  private void await(int wanted, long patienceNs) throws InterruptedException {
    long leftNs = patienceNs;
    wantedEvents = wanted;
    try {
      while (end - unsent < wanted && !woken && leftNs > 0) {
        leftNs = changed.awaitNanos(leftNs);
      }
    } finally {
      wantedEvents = 0;
    }
  }

  private Batch next(int most) {
    if (unsent == end) {
      return new Batch(newestSequence + 1, List.of());
    }
    long first = sequences[slot(unsent)];
    List<DnsEvent> batch = new ArrayList<>();
    int taken = 0;
    while (unsent < end
        && batch.size() < most
        && taken < BATCH_BYTES
        && sequences[slot(unsent)] == first + batch.size()) {
      DnsEvent event = events[slot(unsent)];
      if (event != null) {
        batch.add(event);
        taken += bytes(event);
      }
      unsent++;
    }
    return new Batch(first, batch);
  }

  /// Ends a wait of [#take].
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// The client has everything up to this sequence number.
  void acknowledge(long sequence) {
    lock.lock();
    try {
      while (oldest < unsent && sequences[slot(oldest)] <= sequence) {
        DnsEvent gone = events[slot(oldest)];
        bytes -= gone == null ? 0 : bytes(gone);
        events[slot(oldest)] = null;
        oldest++;
      }
    } finally {
      lock.unlock();
    }
  }

  /// The client has everything up to this sequence number, and nothing of what was sent since.
  void rewind(long sequence) {
    acknowledge(sequence);
    lock.lock();
    try {
      unsent = oldest;
    } finally {
      lock.unlock();
    }
  }

  /// Sequence number of the newest event, kept or dropped.
  long newestSequence() {
    lock.lock();
    try {
      return newestSequence;
    } finally {
      lock.unlock();
    }
  }

  /// Events the client was too slow for.
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  private static int bytes(DnsEvent event) {
    WireMessage message = event.message();
    return event.addresses().size() * ADDRESS_BYTES + (message == null ? 0 : message.length());
  }

  private static int slot(long position) {
    return (int) (position % MAX_EVENTS);
  }
}

package dev.jig.trace;

import dev.jig.event.Cause;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.RowSize;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Holds the row of a query that arrives at a filling receive buffer until the kernel would have
/// said that the buffer dropped it, which it does after recording the packet. Rows that come
/// meanwhile wait behind it: their order stays.
final class ArrivingRows {
  /// The drop follows within microseconds, on the same CPU, which a hypervisor may stop meanwhile.
  static final long WAIT_NS = 5_000_000;

  static final int MAX_ROWS = 4096;

  private static final class Waiting {
    Row row;

    /// The row as matched; null if nothing can change it.
    final @Nullable Query arrival;

    final long dueNs;

    Waiting(Row row, @Nullable Query arrival, long dueNs) {
      this.row = row;
      this.arrival = arrival;
      this.dueNs = dueNs;
    }
  }

  private final ArrayDeque<Waiting> rows = new ArrayDeque<>();
  private final Consumer<Row> released;
  private long heapBytes;

  /// @param released takes the rows in their order
  ArrivingRows(Consumer<Row> released) {
    this.released = released;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  long heapBytes() {
    return heapBytes;
  }

  /// Holds the row of a query that arrives.
  ///
  /// @param arrival the row as it was matched
  /// @param row the same with the bytes of its message
  void addArrival(Query arrival, Row row, long bootNs) {
    add(new Waiting(row, arrival, bootNs + WAIT_NS));
  }

  /// Holds a row that comes behind others.
  void add(Row row, long bootNs) {
    add(new Waiting(row, null, bootNs));
  }

  private void add(Waiting added) {
    if (rows.size() == MAX_ROWS) {
      releaseOldest();
    }
    rows.add(added);
    heapBytes += RowSize.of(added.row);
  }

  /// Gives the row of a query its cause; returns whether it waits here.
  @SuppressWarnings("ReferenceEquality") // the same row, not an equal one
  boolean setCause(Query arrival, Cause cause) {
    for (Iterator<Waiting> newestFirst = rows.descendingIterator(); newestFirst.hasNext(); ) {
      Waiting each = newestFirst.next();
      if (each.arrival == arrival && each.row instanceof Query query) {
        each.row = query.withCause(cause);
        return true;
      }
    }
    return false;
  }

  /// Releases the rows that have waited long enough.
  void releaseDue(long bootNs) {
    Waiting oldest = rows.peek();
    while (oldest != null && oldest.dueNs <= bootNs) {
      releaseOldest();
      oldest = rows.peek();
    }
  }

  void releaseAll() {
    while (!rows.isEmpty()) {
      releaseOldest();
    }
  }

  /// Releases the oldest row; returns whether there was one.
  boolean releaseOldest() {
    Waiting oldest = rows.poll();
    if (oldest == null) {
      return false;
    }
    heapBytes -= RowSize.of(oldest.row);
    released.accept(oldest.row);
    return true;
  }
}

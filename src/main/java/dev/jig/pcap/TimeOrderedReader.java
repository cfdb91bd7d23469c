package dev.jig.pcap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Delivers the packets of a capture in the order of their time, and gives each a time that never
/// goes back ([CapturedPacket#orderNs]): files merged from several interfaces or processors hold
/// responses before their queries.
///
/// Packets are sorted within a window of [#WINDOW_NS], [#MAX_HELD] packets and [#MAX_HELD_BYTES].
/// What is earlier than its predecessor by less than [#MAX_SKEW_NS] keeps its place, since that is
/// the difference of two clocks: a response behind its query is no earlier than it. What comes
/// later than the window keeps its place, too, and is counted. Rows that an earlier trace recorded
/// keep place and time.
public final class TimeOrderedReader implements CaptureReader {
  private static final long WINDOW_NS = 1_000_000_000;
  private static final int MAX_HELD = 4_096;
  private static final int MAX_HELD_BYTES = 4 << 20;

  /// Larger buffers are not used again.
  private static final int MAX_FREE_LENGTH = 4_096;

  private static final long MAX_SKEW_NS = 1_000_000;

  /// Where time goes back by more, another capture begins: files were joined.
  private static final long MAX_BACK_NS = 60_000_000_000L;

  private final CaptureReader reader;
  private final boolean sorts;
  private final PriorityQueue<Held> held =
      new PriorityQueue<>(
          Comparator.<Held>comparingInt(it -> it.capture)
              .thenComparingLong(it -> it.placeNs)
              .thenComparingLong(it -> it.number));
  private final ArrayDeque<Held> free = new ArrayDeque<>();
  private int capture;
  private long heldBytes;
  private long read;
  private long newestNs = Long.MIN_VALUE;
  private long deliveredNs = Long.MIN_VALUE;
  private long outOfOrder;
  private long dropped;
  private boolean ended;
  private @Nullable IOException failure;

  /// @param reader closed with this reader
  /// @param sorts whether to hold packets back to sort them; false for a pipe, where the next
  ///   packet may not come for long
  public TimeOrderedReader(CaptureReader reader, boolean sorts) {
    this.reader = reader;
    this.sorts = sorts;
  }

  private static final class Held {
    final CapturedPacket packet = new CapturedPacket();
    int capture;
    long placeNs;
    long number;
    long dropped;
  }

  /// Whether the first packet or block has a row that an earlier trace recorded; reads it if none
  /// was read yet. To be called before [#next].
  public boolean beginsWithRow() {
    if (!ended && held.isEmpty()) {
      readOne();
    }
    Held first = held.peek();
    return first != null && isRecorded(first.packet);
  }

  /// Damage is reported after all packets before it.
  @Override
  public boolean next(CapturedPacket into) throws IOException {
    while (!ended && !isDue()) {
      readOne();
    }
    Held first = held.poll();
    if (first == null) {
      dropped = reader.dropped();
      if (failure != null) {
        throw failure;
      }
      return false;
    }
    heldBytes -= first.packet.length;
    into.swap(first.packet);
    deliveredNs = first.placeNs;
    dropped = Math.max(dropped, first.dropped);
    if (first.packet.bytes.length <= MAX_FREE_LENGTH) {
      free.add(first);
    }
    return true;
  }

  private boolean isDue() {
    Held first = held.peek();
    return first != null
        && (!sorts
            || first.capture < capture
            || held.size() >= MAX_HELD
            || heldBytes > MAX_HELD_BYTES
            || newestNs - first.placeNs >= WINDOW_NS);
  }

  private void readOne() {
    Held next = free.isEmpty() ? new Held() : free.pop();
    try {
      ended = !reader.next(next.packet);
    } catch (IOException e) {
      failure = e;
      ended = true;
    }
    if (!ended) {
      next.placeNs = place(next.packet);
      next.packet.orderNs = isRecorded(next.packet) ? next.packet.timeNs : next.placeNs;
      next.capture = capture;
      next.number = read++;
      next.dropped = reader.dropped();
      heldBytes += next.packet.length;
      held.add(next);
    }
  }

  /// Whether an earlier trace wrote it with its row: rows keep their order and times.
  private static boolean isRecorded(CapturedPacket packet) {
    return !packet.hasFrame || packet.customBytes() != null;
  }

  private long place(CapturedPacket packet) {
    long timeNs = isRecorded(packet) ? Math.max(packet.timeNs, newestNs) : packet.timeNs;
    if (timeNs >= newestNs) {
      newestNs = timeNs;
      return timeNs;
    }
    if (newestNs - timeNs <= MAX_SKEW_NS) {
      return newestNs;
    }
    if (newestNs - timeNs > MAX_BACK_NS) {
      outOfOrder++;
      capture++;
      newestNs = timeNs;
      deliveredNs = Long.MIN_VALUE;
      return timeNs;
    }
    if (timeNs < deliveredNs) {
      outOfOrder++;
      return deliveredNs;
    }
    return timeNs;
  }

  /// Captured bytes of the packets that are held back now.
  long heldBytes() {
    return heldBytes;
  }

  /// Packets so far that came too late to be sorted.
  public long outOfOrder() {
    return outOfOrder;
  }

  /// Of what was delivered.
  @Override
  public long dropped() {
    return dropped;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}

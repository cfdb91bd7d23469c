package dev.jig.output.pcapng;

import dev.jig.event.Endpoint;
import dev.jig.event.Flow;
import dev.jig.table.Lru;

/// Assigns TCP sequence numbers, which rows do not contain, per direction of a connection. A
/// connection within this machine is captured at both ends; the bytes of the second end get new
/// numbers, since readers would treat equal numbers as retransmissions.
final class SequenceNumbers {
  private static final int MAX_FLOWS = 65_536;

  /// The clock of initial sequence numbers ticks every 4 µs (RFC 9293 section 3.4.1).
  private static final int TICK_NS = 4_000;

  private record Direction(Endpoint from, Endpoint to) {}

  private final Lru<Direction, Integer> next = new Lru<>(MAX_FLOWS);

  /// Allocates numbers for `length` bytes and returns the first.
  ///
  /// @param timeNs the packet's time
  int allocate(Flow flow, long timeNs, int length) {
    Direction direction = new Direction(flow.source(), flow.destination());
    int first = next.computeIfAbsent(direction, _ -> initial(timeNs));
    next.put(direction, first + length);
    return first;
  }

  /// The next sequence number of the other direction.
  int acknowledged(Flow flow, long timeNs) {
    Direction back = new Direction(flow.destination(), flow.source());
    return next.computeIfAbsent(back, _ -> initial(timeNs));
  }

  private static int initial(long timeNs) {
    return (int) (timeNs / TICK_NS);
  }
}

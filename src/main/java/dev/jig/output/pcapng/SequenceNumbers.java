package dev.jig.output.pcapng;

import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;

/// Assigns TCP sequence numbers, which rows do not contain, per direction of a connection. A
/// connection within this machine is captured at both ends; the bytes of the second end get new
/// numbers, since readers would treat equal numbers as retransmissions.
final class SequenceNumbers {
  private static final int MAX_FLOWS = 65_536;

  /// The clock of initial sequence numbers ticks every 4 µs (RFC 9293 section 3.4.1).
  private static final int TICK_NS = 4_000;

  private record Flow(Endpoint from, Endpoint to) {}

  private final Map<Flow, Integer> next =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Flow, Integer> eldest) {
          return size() > MAX_FLOWS;
        }
      };

  /// Allocates numbers for `length` bytes and returns the first.
  int allocate(Row event, int length) {
    Flow flow = new Flow(event.source(), event.destination());
    int first = next.computeIfAbsent(flow, _ -> initial(event));
    next.put(flow, first + length);
    return first;
  }

  /// The next sequence number of the other direction.
  int acknowledged(Row event) {
    Flow back = new Flow(event.destination(), event.source());
    return next.computeIfAbsent(back, _ -> initial(event));
  }

  private static int initial(Row event) {
    return (int) (event.timestampNs() / TICK_NS);
  }
}

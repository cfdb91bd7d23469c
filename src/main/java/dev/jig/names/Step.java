package dev.jig.names;

import dev.jig.dns.RecordType;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.Question;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lookups of one name within a walk: A and AAAA, and other types asked at the same time.
final class Step {
  /// The longest time between the first and another type, unless they overlap.
  private static final long TYPES_WINDOW_NS = 100_000_000;

  final String name;
  final List<LookupRow> lookups = new ArrayList<>();
  private long endNs = Long.MIN_VALUE;

  Step(LookupRow first) {
    name = nameOf(first);
    add(first);
  }

  void add(LookupRow lookup) {
    lookups.add(lookup);
    endNs = Math.max(endNs, endOf(lookup));
  }

  long startNs() {
    return lookups.getFirst().timestampNs();
  }

  long endNs() {
    return endNs;
  }

  boolean isFound() {
    return lookups.stream().anyMatch(lookup -> lookup.outcome() == Outcome.OK);
  }

  /// Whether a lookup of the same name is another type of this step, not the name asked again.
  boolean mayTake(int type, long startNs) {
    return !hasType(type) && startNs <= Math.max(endNs, startNs() + TYPES_WINDOW_NS);
  }

  private boolean hasType(int type) {
    return lookups.stream().anyMatch(lookup -> typeOf(lookup) == type);
  }

  /// Whether the AAAA of an A, or the reverse, is still to come: their rows are emitted together.
  boolean lacksTwin() {
    for (LookupRow lookup : lookups) {
      boolean hasTwin = lookup.lookup().twinState() != null;
      if (hasTwin && !(hasType(RecordType.A) && hasType(RecordType.AAAA))) {
        return true;
      }
    }
    return false;
  }

  int queries() {
    return lookups.stream().mapToInt(lookup -> lookup.lookup().tries()).sum();
  }

  /// When the client got its answer or gave up, nanoseconds since the epoch.
  static long endOf(LookupRow row) {
    return row.timestampNs() + row.waitedNs();
  }

  static String nameOf(LookupRow row) {
    Question question = row.dns().question();
    return question == null ? "." : question.name();
  }

  static int typeOf(LookupRow row) {
    Question question = row.dns().question();
    return question == null ? 0 : question.type();
  }

  /// The thread; 0 if unknown.
  static int threadOf(@Nullable Owner owner) {
    return owner == null ? 0 : owner.tid();
  }
}

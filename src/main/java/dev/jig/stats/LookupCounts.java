package dev.jig.stats;

import dev.jig.event.Outcome;
import java.util.EnumMap;
import java.util.Map;

/// How many lookups ended how. Exact.
public final class LookupCounts {
  private final Map<Outcome, Long> byOutcome = new EnumMap<>(Outcome.class);
  private long all;

  public void add(Outcome outcome) {
    byOutcome.merge(outcome, 1L, Long::sum);
    all++;
  }

  public long all() {
    return all;
  }

  public long of(Outcome outcome) {
    return byOutcome.getOrDefault(outcome, 0L);
  }
}

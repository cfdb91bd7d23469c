package dev.jig.stats;

import dev.jig.event.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Lookups counted by key, interval by interval. At most [#MAX_KEYS] keys are kept: lookups of
/// further ones count as one other key, so that sums are exact. Where keys did not fit, those
/// without a lookup in the interval make room at its end, the least used first; their totals go to
/// the other key. One thread.
public final class KeyedStats<K> {
  /// Bound of keys; one takes up to 2 KB.
  public static final int MAX_KEYS = 10_000;

  private final Map<K, LookupStats> byKey = new HashMap<>();
  private final LookupStats other = new LookupStats();
  private final LookupStats all = new LookupStats();
  private boolean isFull;

  /// Adds a lookup.
  ///
  /// @param waitedNs as of [LookupStats#add]
  public void add(K key, Outcome outcome, long waitedNs) {
    all.add(outcome, waitedNs);
    statsOf(key).add(outcome, waitedNs);
  }

  /// Adds the lookups of a node's interval.
  public void add(K key, LookupStats lookups) {
    all.add(lookups);
    statsOf(key).add(lookups);
  }

  /// Adds the lookups of a node's interval that have no key of their own there.
  public void addOther(LookupStats lookups) {
    all.add(lookups);
    other.add(lookups);
  }

  private LookupStats statsOf(K key) {
    LookupStats known = byKey.get(key);
    if (known != null) {
      return known;
    }
    if (byKey.size() == MAX_KEYS) {
      isFull = true;
      return other;
    }
    LookupStats created = new LookupStats();
    byKey.put(key, created);
    return created;
  }

  /// Calls `action` with each key.
  public void forEach(BiConsumer<? super K, ? super LookupStats> action) {
    byKey.forEach(action);
  }

  /// The lookups of the keys that are not kept.
  public LookupStats other() {
    return other;
  }

  /// All lookups.
  public LookupStats all() {
    return all;
  }

  public int keys() {
    return byKey.size();
  }

  /// Begins a new interval.
  public void beginInterval() {
    if (isFull) {
      dropIdle();
      isFull = false;
    }
    byKey.values().forEach(LookupStats::beginInterval);
    other.beginInterval();
    all.beginInterval();
  }

  /// Drops up to half of the keys, of those without a lookup in the interval.
  private void dropIdle() {
    List<Map.Entry<K, LookupStats>> idle = new ArrayList<>();
    for (Map.Entry<K, LookupStats> entry : byKey.entrySet()) {
      if (entry.getValue().lookups() == 0) {
        idle.add(entry);
      }
    }
    idle.sort(Comparator.comparingLong(entry -> entry.getValue().total()));
    for (Map.Entry<K, LookupStats> entry : idle.subList(0, Math.min(idle.size(), MAX_KEYS / 2))) {
      other.addTotal(entry.getValue().total());
      byKey.remove(entry.getKey());
    }
  }
}

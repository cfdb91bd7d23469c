package dev.jig.stats;

import java.util.function.LongConsumer;

/// Counts distinct 64-bit hashes, exactly up to a bound.
public final class DistinctCounter {
  private static final int MIN_SLOTS = 64;

  private final int max;
  private long[] slots = new long[MIN_SLOTS]; // at most half full; 0 is empty
  private int count;

  /// @param max hashes beyond it are not counted
  public DistinctCounter(int max) {
    this.max = max;
  }

  /// Adds a well-mixed hash (see [dev.jig.table.Hash64]).
  public void add(long hash) {
    long key = hash == 0 ? 1 : hash;
    int slot = slotOf(slots, key);
    if (slots[slot] == key) {
      return;
    }
    if (count == max) {
      return;
    }
    slots[slot] = key;
    count++;
    if (count * 2 > slots.length) {
      grow();
    }
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long key : slots) {
      if (key != 0) {
        larger[slotOf(larger, key)] = key;
      }
    }
    slots = larger;
  }

  /// The slot of the key, or the empty one where it belongs.
  private static int slotOf(long[] slots, long key) {
    int mask = slots.length - 1;
    int slot = (int) key & mask;
    while (slots[slot] != 0 && slots[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /// Calls `action` with each hash that was counted.
  public void forEach(LongConsumer action) {
    for (long key : slots) {
      if (key != 0) {
        action.accept(key);
      }
    }
  }

  public int count() {
    return count;
  }
}

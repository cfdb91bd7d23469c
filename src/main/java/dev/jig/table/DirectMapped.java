package dev.jig.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A cache of fixed size: each hash has one slot, and a value replaces the one in its slot. It
/// holds no keys: the caller compares what [#get] returns with what it looks for. Allocates only
/// itself; not thread-safe.
public final class DirectMapped<V> {
  /// 2^64 by the golden ratio: the upper bits of a product depend on all bits of the hash.
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final @Nullable Object[] slots;
  private final int shift;

  /// @param size the number of slots, a power of two from 2 on
  public DirectMapped(int size) {
    if (size < 2 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(size + " slots");
    }
    shift = Long.SIZE - Integer.numberOfTrailingZeros(size);
    slots = new @Nullable Object[size];
  }

  /// The value in the hash's slot, which may be of another hash; null if the slot is empty.
  ///
  /// @param hash need not be spread: consecutive numbers get different slots
  @SuppressWarnings("unchecked") // only put() stores, and it stores V
  public @Nullable V get(long hash) {
    return (V) slots[slot(hash)];
  }

  public void put(long hash, V value) {
    slots[slot(hash)] = value;
  }

  /// Empties the hash's slot.
  public void remove(long hash) {
    slots[slot(hash)] = null;
  }

  public void clear() {
    Arrays.fill(slots, null);
  }

  private int slot(long hash) {
    return (int) (hash * GOLDEN >>> shift);
  }
}

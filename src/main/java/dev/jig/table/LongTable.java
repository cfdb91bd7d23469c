package dev.jig.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A map from long to object that allocates only when it grows: the ring thread's cache. Key 0 is
/// not storable (no cgroup has it); not thread-safe.
public final class LongTable<V> {
  private static final int FIRST_CAPACITY = 256; // a power of two, as every capacity here
  private static final long GOLDEN = 0x9e3779b97f4a7c15L; // spreads consecutive inode numbers

  private long[] keys = new long[FIRST_CAPACITY];
  private @Nullable Object[] values = new @Nullable Object[FIRST_CAPACITY];
  private int size;

  @SuppressWarnings("unchecked") // only put() stores, and it stores V
  @Nullable
  public V get(long key) {
    return (V) values[slot(key)];
  }

  public void put(long key, V value) {
    if (key == 0) {
      throw new IllegalArgumentException("key 0");
    }
    int slot = slot(key);
    if (keys[slot] == 0) {
      keys[slot] = key;
      size++;
    }
    values[slot] = value;
    if (size * 2 > keys.length) {
      grow();
    }
  }

  /// Removes `key` and returns its value; null if it was absent.
  @SuppressWarnings("unchecked") // only put() stores, and it stores V
  @Nullable
  public V remove(long key) {
    int free = slot(key);
    if (keys[free] == 0) {
      return null;
    }
    V removed = (V) values[free];
    int mask = keys.length - 1;
    // Entries displaced past the freed slot move up, or a later search would stop before them.
    for (int next = free + 1 & mask; keys[next] != 0; next = next + 1 & mask) {
      if ((next - home(keys[next]) & mask) >= (next - free & mask)) {
        keys[free] = keys[next];
        values[free] = values[next];
        free = next;
      }
    }
    keys[free] = 0;
    values[free] = null;
    size--;
    return removed;
  }

  public int size() {
    return size;
  }

  public void clear() {
    Arrays.fill(keys, 0);
    Arrays.fill(values, null);
    size = 0;
  }

  /// The slot that holds `key`, or the free slot to put it in.
  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = home(key);
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private int home(long key) {
    return (int) (key * GOLDEN >>> 32) & keys.length - 1;
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new @Nullable Object[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}

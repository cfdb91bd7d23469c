package dev.jig.table;

/// The last `capacity` keys added, each with a slot for the caller's arrays; the oldest is
/// overwritten. Allocates nothing per key. Keys are hashes: two different things with one key are
/// taken as one. Not thread-safe.
public final class RecentKeys {
  /// Keys of one hash slot that are compared; the older ones are not found.
  private static final int MAX_STEPS = 64;

  private final int mask;
  private final long[] keys;

  /// By slot: the number of the key added before it to the same hash slot; 0 for none.
  private final long[] previousNumber;

  /// By slot: the number of its key.
  private final long[] numbers;

  /// By hash slot: the number of its newest key, counted from 1; 0 for none.
  private final long[] newestNumber;

  private long lastNumber;

  /// @param capacity a power of two
  public RecentKeys(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity " + capacity);
    }
    mask = capacity - 1;
    keys = new long[capacity];
    numbers = new long[capacity];
    previousNumber = new long[capacity];
    newestNumber = new long[capacity];
  }

  /// Returns the slot of a key's newest entry; -1 if there is none.
  public int find(long key) {
    return findFrom(newestNumber[hashSlot(key)], key);
  }

  /// Returns the slot of the newest entry of the key in `slot` that is older; -1 if there is none.
  public int findOlder(int slot) {
    return findFrom(previousNumber[slot], keys[slot]);
  }

  private int findFrom(long newest, long key) {
    long number = newest;
    for (int steps = 0; number > 0 && lastNumber - number <= mask && steps < MAX_STEPS; steps++) {
      int slot = (int) number & mask;
      if (keys[slot] == key) {
        return slot;
      }
      number = previousNumber[slot];
    }
    return -1;
  }

  /// Adds a key and returns its slot, of which the caller's values are those of an older key.
  public int add(long key) {
    lastNumber++;
    int slot = (int) lastNumber & mask;
    int hashSlot = hashSlot(key);
    keys[slot] = key;
    numbers[slot] = lastNumber;
    previousNumber[slot] = newestNumber[hashSlot];
    newestNumber[hashSlot] = lastNumber;
    return slot;
  }

  /// Whether a slot is in the older half, so that it is soon overwritten.
  public boolean isAging(int slot) {
    return lastNumber - numbers[slot] > mask >>> 1;
  }

  private int hashSlot(long key) {
    return (int) (key ^ key >>> 32) & mask;
  }
}

package dev.jig.wire;

import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// The encoded forms of recently used parts of rows, and their positions in the current batch. A
/// hash selects two slots; a third part replaces the older one, which is then encoded again.
final class PartCache<T> {
  private static final int GOLDEN = 0x9e3779b1; // spreads consecutive numbers

  private final @Nullable Entry<T>[] slots;
  private final int shift;
  private final ToIntFunction<T> hash;
  private final BiPredicate<T, T> isSame;
  private final Function<T, byte[]> encode;
  private long batch = 1;
  private int count;

  /// A part's encoded form.
  static final class Entry<T> {
    private final T part;
    private final byte[] encoded;
    private long batch;
    private int position;

    private Entry(T part, byte[] encoded) {
      this.part = part;
      this.encoded = encoded;
    }

    byte[] encoded() {
      return encoded;
    }

    /// The position in the batch that it was last added to, from 1.
    int position() {
      return position;
    }
  }

  /// @param slotBits the binary logarithm of the number of slots
  /// @param isSame whether the encoded form of the first is that of the second
  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  PartCache(
      int slotBits, ToIntFunction<T> hash, BiPredicate<T, T> isSame, Function<T, byte[]> encode) {
    this.slots = new Entry[1 << slotBits];
    this.shift = Integer.SIZE - slotBits;
    this.hash = hash;
    this.isSame = isSame;
    this.encode = encode;
  }

  /// Begins a batch, which contains no part yet.
  void beginBatch() {
    batch++;
    count = 0;
  }

  Entry<T> get(T part) {
    int slot = hash.applyAsInt(part) * GOLDEN >>> shift;
    Entry<T> entry = slots[slot];
    if (entry != null && isSame.test(entry.part, part)) {
      return entry;
    }
    Entry<T> other = slots[slot ^ 1];
    if (other != null && isSame.test(other.part, part)) {
      return other;
    }
    Entry<T> made = new Entry<>(part, encode.apply(part));
    slots[slot ^ 1] = entry;
    slots[slot] = made;
    return made;
  }

  /// Gives the part the next position in the batch; false if it has one.
  boolean add(Entry<T> entry) {
    if (entry.batch == batch) {
      return false;
    }
    entry.batch = batch;
    entry.position = ++count;
    return true;
  }
}

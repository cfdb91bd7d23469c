package dev.jig.table;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A map of bounded size: an entry beyond the bound evicts the one that was put, computed or got
/// longest ago. Not thread-safe.
public final class Lru<K, V> {
  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int maxSize;
  private final Consumer<? super V> onEvicted;

  public Lru(int maxSize) {
    this(maxSize, _ -> {});
  }

  /// @param onEvicted receives each evicted value; not those that are removed or replaced
  public Lru(int maxSize, Consumer<? super V> onEvicted) {
    this.maxSize = maxSize;
    this.onEvicted = onEvicted;
  }

  public @Nullable V get(K key) {
    return entries.get(key);
  }

  /// Stores a value and returns the one it replaces; null if there was none.
  public @Nullable V put(K key, V value) {
    V before = entries.put(key, value);
    evictBeyondBound();
    return before;
  }

  public V computeIfAbsent(K key, Function<? super K, ? extends V> create) {
    V value = entries.computeIfAbsent(key, create);
    evictBeyondBound();
    return value;
  }

  /// Removes a value and returns it; null if there was none.
  public @Nullable V remove(K key) {
    return entries.remove(key);
  }

  /// Removes the values that fulfil a condition.
  public void removeIf(Predicate<? super V> condition) {
    entries.values().removeIf(condition);
  }

  /// Evicts the entry that was used longest ago, if there is one.
  public void evictEldest() {
    Map.Entry<K, V> eldest = entries.pollFirstEntry();
    if (eldest != null) {
      onEvicted.accept(eldest.getValue());
    }
  }

  private void evictBeyondBound() {
    if (entries.size() > maxSize) {
      evictEldest();
    }
  }

  public int size() {
    return entries.size();
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  public void clear() {
    entries.clear();
  }

  /// The values, those used longest ago first.
  public Collection<V> values() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /// Calls `action` with each entry, those used longest ago first.
  public void forEach(BiConsumer<? super K, ? super V> action) {
    entries.forEach(action);
  }
}

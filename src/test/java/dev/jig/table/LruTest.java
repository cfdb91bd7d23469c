package dev.jig.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class LruTest {
  private final List<String> evicted = new ArrayList<>();
  private final Lru<Integer, String> lru = new Lru<>(2, evicted::add);

  @Test
  void evictsTheEntryThatWasUsedLongestAgo() {
    lru.put(1, "a");
    lru.put(2, "b");
    lru.get(1);
    lru.put(3, "c");

    assertThat(evicted).containsExactly("b");
    assertThat(lru.get(2)).isNull();
    assertThat(lru.values()).containsExactly("a", "c");
  }

  @Test
  void computesWhatIsAbsentAndEvicts() {
    assertThat(lru.computeIfAbsent(1, _ -> "a")).isEqualTo("a");
    assertThat(lru.computeIfAbsent(2, _ -> "b")).isEqualTo("b");
    assertThat(lru.computeIfAbsent(1, _ -> "x")).isEqualTo("a");
    assertThat(lru.computeIfAbsent(3, _ -> "c")).isEqualTo("c");

    assertThat(evicted).containsExactly("b");
  }

  @Test
  void reportsNeitherReplacedNorRemovedValuesAsEvicted() {
    assertThat(lru.put(1, "a")).isNull();
    assertThat(lru.put(1, "b")).isEqualTo("a");
    assertThat(lru.remove(1)).isEqualTo("b");
    assertThat(lru.remove(1)).isNull();
    lru.put(2, "c");
    lru.clear();

    assertThat(lru.isEmpty()).isTrue();
    assertThat(evicted).isEmpty();
  }

  @Test
  void evictsOnRequest() {
    lru.put(1, "a");

    lru.evictEldest();
    lru.evictEldest();

    assertThat(evicted).containsExactly("a");
    assertThat(lru.size()).isZero();
  }

  @Property
  void holdsTheKeysUsedLast(@ForAll List<@IntRange(max = 9) Integer> keys) {
    Lru<Integer, Integer> bounded = new Lru<>(4);
    Deque<Integer> model = new ArrayDeque<>();

    for (int key : keys) {
      bounded.put(key, key);
      model.remove(key);
      model.addLast(key);
      if (model.size() > 4) {
        model.removeFirst();
      }
    }

    Map<Integer, Integer> held = new HashMap<>();
    bounded.forEach(held::put);
    assertThat(bounded.values()).containsExactlyElementsOf(model);
    assertThat(held.keySet()).containsExactlyInAnyOrderElementsOf(model);
  }
}

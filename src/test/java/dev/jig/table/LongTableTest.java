package dev.jig.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LongTableTest {

  @Test
  void keepsAllKeysWhileGrowing() {
    // Given
    LongTable<Long> table = new LongTable<>();

    // When 10,000 keys far apart and close together are stored, each twice
    for (int round = 0; round < 2; round++) {
      for (long i = 1; i <= 5_000; i++) {
        table.put(i, i + round);
        table.put(i << 40, -i - round);
      }
    }

    // Then each has its last value
    assertThat(table.size()).isEqualTo(10_000);
    for (long i = 1; i <= 5_000; i++) {
      assertThat(table.get(i)).isEqualTo(i + 1);
      assertThat(table.get(i << 40)).isEqualTo(-i - 1);
    }
    assertThat(table.get(5_001)).isNull();
  }

  @Test
  void equalsAHashMapAfterAddingAndRemoving() {
    // Given few keys, so that they collide
    Random random = new Random(11);
    LongTable<Long> table = new LongTable<>();
    Map<Long, Long> map = new HashMap<>();

    // When 100,000 are added or removed
    for (long i = 0; i < 100_000; i++) {
      long key = random.nextLong(1, 151);
      if (random.nextBoolean()) {
        table.put(key, i);
        map.put(key, i);
      } else {
        assertThat(table.remove(key)).isEqualTo(map.remove(key));
      }
      assertThat(table.size()).isEqualTo(map.size());
    }

    // Then both hold the same
    for (long key = 1; key <= 150; key++) {
      assertThat(table.get(key)).isEqualTo(map.get(key));
    }
  }

  @Test
  void isEmptyAfterClear() {
    LongTable<String> table = new LongTable<>();
    table.put(-1, "x");
    table.clear();
    assertThat(table.get(-1)).isNull();
    assertThat(table.size()).isZero();
  }

  @Test
  void rejectsKeyZero() {
    assertThatThrownBy(() -> new LongTable<String>().put(0, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("key 0");
  }
}

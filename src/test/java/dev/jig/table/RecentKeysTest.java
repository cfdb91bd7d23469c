package dev.jig.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RecentKeysTest {
  private final RecentKeys keys = new RecentKeys(8);

  @Test
  void findsTheNewestSlotOfAKey() {
    int first = keys.add(5);
    int second = keys.add(5);
    int other = keys.add(5 + 8); // the same hash slot

    assertThat(second).isNotEqualTo(first);
    assertThat(keys.find(5)).isEqualTo(second);
    assertThat(keys.find(5 + 8)).isEqualTo(other);
    assertThat(keys.find(6)).isEqualTo(-1);
  }

  @Test
  void findsTheOlderSlotsOfAKey() {
    int first = keys.add(5);
    keys.add(5 + 8); // the same hash slot
    int second = keys.add(5);

    assertThat(keys.findOlder(second)).isEqualTo(first);
    assertThat(keys.findOlder(first)).isEqualTo(-1);
  }

  @Test
  void overwritesTheOldest() {
    for (int key = 1; key <= 9; key++) {
      keys.add(key);
    }

    assertThat(keys.find(1)).isEqualTo(-1);
    for (int key = 2; key <= 9; key++) {
      assertThat(keys.find(key)).as("key %d", key).isNotEqualTo(-1);
    }
  }

  @Test
  void marksTheOlderHalfAsAging() {
    int slot = keys.add(1);
    for (int key = 2; key <= 4; key++) {
      keys.add(key);
    }
    assertThat(keys.isAging(slot)).isFalse();

    keys.add(5);
    assertThat(keys.isAging(slot)).isTrue();
  }

  @Test
  void aFreshTableHasNoKey() {
    assertThat(keys.find(0)).isEqualTo(-1);
  }

  @Test
  void refusesACapacityThatIsNoPowerOfTwo() {
    assertThatThrownBy(() -> new RecentKeys(12)).isInstanceOf(IllegalArgumentException.class);
  }
}

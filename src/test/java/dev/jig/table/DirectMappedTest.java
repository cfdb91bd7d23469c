package dev.jig.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectMappedTest {
  @Property
  void returnsTheLastValueOfAHash(@ForAll long hash, @ForAll long other) {
    DirectMapped<Long> cache = new DirectMapped<>(8);

    cache.put(other, other);
    cache.put(hash, hash);

    assertThat(cache.get(hash)).isEqualTo(hash);
    assertThat(cache.get(other)).isIn(hash, other);
  }

  @Test
  void aCollidingValueReplacesTheOneInItsSlot() {
    DirectMapped<String> cache = new DirectMapped<>(2);

    for (long hash = 0; hash < 8; hash++) {
      cache.put(hash, "value " + hash);
    }

    assertThat(LongStream.range(0, 8).mapToObj(cache::get).distinct()).hasSize(2);
  }

  @Test
  void removesAndClears() {
    DirectMapped<String> cache = new DirectMapped<>(1024);
    cache.put(1, "a");
    cache.put(2, "b");
    cache.put(3, "c");

    cache.remove(2);

    assertThat(cache.get(1)).isEqualTo("a");
    assertThat(cache.get(2)).isNull();
    cache.clear();
    assertThat(LongStream.rangeClosed(1, 3).mapToObj(cache::get)).containsOnlyNulls();
  }

  /// Thread ids and inode numbers are often consecutive; a port may be in the upper bits.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 12, 1L << 32, 1L << 40})
  void spreadsHashesAtEqualDistances(long distance) {
    DirectMapped<Long> cache = new DirectMapped<>(1024);

    LongStream.range(0, 512).forEach(i -> cache.put(i * distance, i));

    assertThat(
            LongStream.range(0, 512)
                .filter(i -> Objects.equals(cache.get(i * distance), i))
                .count())
        .isGreaterThan(380);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, -8, 12, Integer.MIN_VALUE})
  void rejectsASizeThatIsNoPowerOfTwo(int size) {
    assertThatThrownBy(() -> new DirectMapped<String>(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(size + " slots");
  }
}

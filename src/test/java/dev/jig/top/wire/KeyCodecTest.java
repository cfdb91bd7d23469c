package dev.jig.top.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Outcome;
import dev.jig.stats.KeyedStats;
import dev.jig.stats.LookupStats;
import dev.jig.top.Key;
import dev.jig.top.KeyColumn;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What nodes count arrives as it was counted.
final class KeyCodecTest {
  private static final List<KeyColumn> BY = List.of(KeyColumn.NAME, KeyColumn.PID, KeyColumn.NODE);

  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

  @Test
  void twoNodesAddUp() throws InvalidProtocolBufferException {
    Random random = new Random(7);
    KeyedStats<Key> sum = new KeyedStats<>();
    long[] lookups = new long[2];
    for (int node = 0; node < 2; node++) {
      KeyedStats<Key> counted = new KeyedStats<>();
      for (int i = 0; i < 12_000; i++) {
        counted.add(
            key("name" + i % 11_000 + ".example.", i % 3 == 0 ? null : 100L + i % 50),
            OUTCOMES.get(random.nextInt(OUTCOMES.size())),
            random.nextInt(2_000_000_000));
      }
      counted.beginInterval(); // only what comes now is sent
      for (int i = 0; i < 20_000; i++) {
        counted.add(
            key("name" + i % 11_000 + ".example.", 7L),
            OUTCOMES.get(i % OUTCOMES.size()),
            random.nextInt(2_000_000_000));
        lookups[node]++;
      }
      send(counted, "node" + node, sum);
    }

    assertThat(sum.all().total()).isEqualTo(lookups[0] + lookups[1]);
    assertThat(Objects.requireNonNull(sum.all().latencies()).count()).isEqualTo(40_000);
    assertThat(sum.all().quantileNs(0.5)).isBetween(900_000_000L, 1_100_000_000L);
  }

  @Test
  void keysAndCountsStayAsTheyWere() throws InvalidProtocolBufferException {
    KeyedStats<Key> counted = new KeyedStats<>();
    counted.add(key("a.", 5L), Outcome.OK, 3_000_000);
    counted.add(key("a.", null), Outcome.TIMEOUT, 5_000_000_000L);
    KeyedStats<Key> sum = new KeyedStats<>();

    assertThat(send(counted, "n1", sum)).isEqualTo(1);

    Map<Key, LookupStats> all = new HashMap<>();
    sum.forEach(all::put);
    Key first = new Key(new Object[] {"a.", 5L, "n1"});
    Key second = new Key(new @Nullable Object[] {"a.", null, "n1"});
    assertThat(all).containsOnlyKeys(first, second);
    LookupStats unanswered = Objects.requireNonNull(all.get(second));
    assertThat(unanswered.maxNs()).isEqualTo(5_000_000_000L);
    assertThat(unanswered.unanswered()).isEqualTo(1);
  }

  @Test
  void aNodeWithoutLookupsSendsOneBatch() throws InvalidProtocolBufferException {
    assertThat(send(new KeyedStats<>(), "n1", new KeyedStats<>())).isEqualTo(1);
  }

  @Test
  void damagedBatchesAreRefused() {
    KeyedStats<Key> counted = new KeyedStats<>();
    counted.add(key("a.", 5L), Outcome.OK, 3_000_000);
    byte[] good = KeyEncoder.encode(counted).next().toByteArray();
    KeyDecoder decoder = new KeyDecoder(BY, "n1");
    KeyDecoder other = new KeyDecoder(List.of(KeyColumn.NAME), "n1");

    assertThatThrownBy(() -> other.addTo(new KeyedStats<>(), ByteString.copyFrom(good)))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessageContaining("3 values for 1 columns");
    for (int i = 0; i < good.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) (1 << bit);
        KeyedStats<Key> sum = new KeyedStats<>();
        try {
          var _ = decoder.addTo(sum, ByteString.copyFrom(bad));
          assertThat(sum.all().lookups()).isNotNegative();
        } catch (InvalidProtocolBufferException e) {
          assertThat(sum.all().total()).isZero();
        }
      }
    }
  }

  /// Returns the number of batches.
  private static int send(KeyedStats<Key> counted, String node, KeyedStats<Key> sum)
      throws InvalidProtocolBufferException {
    KeyDecoder decoder = new KeyDecoder(BY, node);
    int batches = 0;
    boolean last = false;
    for (Iterator<ByteString> all = KeyEncoder.encode(counted); all.hasNext(); batches++) {
      assertThat(last).isFalse();
      last = decoder.addTo(sum, all.next());
    }
    assertThat(last).isTrue();
    return batches;
  }

  private static Key key(String name, @Nullable Long pid) {
    return new Key(new @Nullable Object[] {name, pid, null});
  }
}

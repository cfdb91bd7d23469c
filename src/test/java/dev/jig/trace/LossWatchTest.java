package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LossWatchTest {
  private final List<Long> reads = new ArrayList<>();
  private int losses;
  private long nowNs = 100;
  private long lost;

  private final LossWatch watch = new LossWatch(() -> nowNs, this::read, _ -> losses++);

  private long read() {
    reads.add(nowNs);
    return lost;
  }

  @Test
  void readsTheCountersOnceForAllThatIsOlder() {
    watch.check(10);
    watch.check(99);
    watch.check(100);
    assertThat(reads).containsExactly(100L);
    nowNs = 200;
    watch.check(101);
    assertThat(reads).containsExactly(100L, 200L);
    assertThat(losses).isZero();
  }

  @Test
  void reportsEachIncreaseOnce() {
    lost = 3;
    watch.check(10);
    nowNs = 200;
    watch.check(150);
    assertThat(losses).isEqualTo(1);
    lost = 4;
    nowNs = 300;
    watch.check(250);
    assertThat(losses).isEqualTo(2);
  }
}

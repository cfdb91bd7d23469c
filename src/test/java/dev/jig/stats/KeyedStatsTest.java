package dev.jig.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.jig.event.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class KeyedStatsTest {
  private static final long MS = 1_000_000;

  private final KeyedStats<String> stats = new KeyedStats<>();

  @Test
  void theFourGroupsSumToTheLookups() {
    for (Outcome outcome : Outcome.values()) {
      stats.add("web", outcome, 3 * MS);
    }

    LookupStats web = of(stats, "web");
    assertThat(web.lookups()).isEqualTo(Outcome.values().length);
    assertThat(web.ok()).isEqualTo(2);
    assertThat(web.nx()).isEqualTo(1);
    assertThat(web.failed()).isEqualTo(3);
    assertThat(web.unanswered()).isEqualTo(3);
    assertThat(web.maxNs()).isEqualTo(3 * MS);
  }

  @Test
  void anIntervalBeginsAtZeroAndTheTotalStays() {
    stats.add("web", Outcome.OK, 900 * MS);
    stats.beginInterval();
    stats.add("web", Outcome.OK, 2 * MS);

    LookupStats web = of(stats, "web");
    assertThat(web.lookups()).isEqualTo(1);
    assertThat(web.maxNs()).isEqualTo(2 * MS);
    assertThat(web.quantileNs(1)).isLessThanOrEqualTo(2 * MS);
    assertThat(web.total()).isEqualTo(2);
  }

  @Test
  void sumsAreExactBeyondTheBoundOfKeys() {
    int keys = 10 * KeyedStats.MAX_KEYS;
    for (int i = 0; i < keys; i++) {
      stats.add("name" + i, Outcome.NXDOMAIN, MS);
    }

    assertThat(stats.keys()).isEqualTo(KeyedStats.MAX_KEYS);
    assertThat(stats.all().nx()).isEqualTo(keys);
    assertThat(stats.other().nx()).isEqualTo(keys - KeyedStats.MAX_KEYS);
    assertThat(stats.other().latencies()).isNotNull();
  }

  @Test
  void idleKeysMakeRoomAndTheirTotalsStayInTheSum() {
    for (int i = 0; i < KeyedStats.MAX_KEYS; i++) {
      stats.add("old" + i, Outcome.OK, MS);
    }
    stats.add("old0", Outcome.OK, MS); // used most
    stats.beginInterval();
    stats.add("new", Outcome.OK, MS); // no room yet
    stats.beginInterval();
    stats.add("new", Outcome.OK, MS);

    Map<String, LookupStats> kept = statsOf();
    assertThat(kept).containsKeys("new", "old0");
    long sum = kept.values().stream().mapToLong(LookupStats::total).sum() + stats.other().total();
    assertThat(sum).isEqualTo(stats.all().total()).isEqualTo(KeyedStats.MAX_KEYS + 3);
  }

  @Test
  void nodesAddUp() {
    KeyedStats<String> node = new KeyedStats<>();
    node.add("web", Outcome.OK, MS);
    node.add("web", Outcome.TIMEOUT, 5_000 * MS);
    for (LookupStats counted : valuesOf(node).values()) {
      stats.add("web", counted);
      stats.add("web", counted);
    }
    stats.addOther(of(node, "web"));

    LookupStats web = of(stats, "web");
    assertThat(web.lookups()).isEqualTo(4);
    assertThat(web.unanswered()).isEqualTo(2);
    assertThat(web.quantileNs(0.5)).isCloseTo(MS, within(MS / 10));
    assertThat(stats.all().total()).isEqualTo(6);
    assertThat(stats.other().total()).isEqualTo(2);
  }

  private static LookupStats of(KeyedStats<String> all, String key) {
    return Objects.requireNonNull(valuesOf(all).get(key));
  }

  private Map<String, LookupStats> statsOf() {
    return valuesOf(stats);
  }

  private static Map<String, LookupStats> valuesOf(KeyedStats<String> of) {
    Map<String, LookupStats> all = new HashMap<>();
    of.forEach(all::put);
    return all;
  }
}

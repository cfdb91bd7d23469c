package dev.jig.it.live;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.NetworkHost.Rule;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Netfilter drops exactly 1,000 of 10,000 queries: those and no others have a cause.
@Timeout(180)
final class ManyDropsIT {
  private static final int QUERIES = 10_000;
  private static final int DROPPED = 1_000;
  private static final int SOCKETS = 8;
  private static final int BATCH = 100;
  private static final int PAUSE_MS = 10;
  private static final String EVERY_TENTH =
      " -p udp --dport 53 -m statistic --mode nth --every 10 --packet 0 -j DROP";

  @TempDir Path folder;

  @Test
  void atTheServer() throws Exception {
    try (TracedNetwork traced = trace()) {
      Outcome outcome = run(traced, traced.network().server(), "INPUT", Causes.FILTERED_AT_SERVER);

      assertThat(outcome.refused).isEmpty();
      assertThat(outcome.states).containsOnly("timeout");
      // At the client; answered ones also at the server. The queries that were dropped have left.
      assertThat(outcome.rows).isEqualTo(4L * (QUERIES - DROPPED) + 2L * DROPPED);
    }
  }

  @Test
  void atTheClient() throws Exception {
    try (TracedNetwork traced = trace()) {
      Outcome outcome = run(traced, traced.network().client(), "OUTPUT", Causes.FILTERED_AT_CLIENT);

      assertThat(outcome.refused).isEqualTo(outcome.unanswered);
      assertThat(outcome.states).containsOnly("closed");
      assertThat(outcome.rows).isEqualTo(4L * (QUERIES - DROPPED) + DROPPED);
    }
  }

  /// @param refused names that the kernel refused to send
  /// @param unanswered names of `T` rows
  /// @param states of `T` rows
  private record Outcome(
      long rows, Set<String> refused, Set<String> unanswered, Set<String> states) {}

  private TracedNetwork trace() {
    return TracedNetwork.trace(
        TestNetwork.direct(), "--dns-timeout=2s", "--output-file=" + folder.resolve("rows.json"));
  }

  private Outcome run(TracedNetwork traced, NetworkHost dropping, String chain, String cause)
      throws Exception {
    String address = traced.address(Family.IPV4);
    UdpProcess.Socket asked = traced.server().serve(address, 53);
    Rule rule = dropping.filter(Family.IPV4, chain + EVERY_TENTH);

    Set<String> refused =
        traced
            .client()
            .askMany(
                address,
                53,
                SOCKETS,
                QUERIES,
                BATCH,
                BATCH * (QUERIES - DROPPED) / QUERIES,
                PAUSE_MS);
    Thread.sleep(3_500); // longer than the timeout

    Command.Result ended = traced.ig().stop();
    Summary summary = Summary.of(ended.err());
    assertThat(summary.isBalanced()).as(summary.line()).isTrue();
    assertThat(summary.count("lost")).as(summary.line()).isZero();
    assertThat(summary.line()).doesNotContain("cause lost", "causes lost");
    assertThat(rule.packets()).isEqualTo(DROPPED);
    List<Json> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("rows.json"))) {
      Json row = Json.of(line);
      if (row.text("name").endsWith(".many.test.")) {
        rows.add(row);
      }
    }
    List<Json> unanswered = Causes.only(rows, "T");
    assertThat(unanswered)
        .hasSize(DROPPED)
        .allMatch(row -> Causes.of(row).equals(cause))
        .allMatch(row -> row.number("pid") == traced.client().pid());
    assertThat(rows)
        .filteredOn(row -> !row.text("qr").equals("T"))
        .allMatch(row -> Causes.of(row).equals(Causes.NONE));
    assertThat(texts(unanswered, "name")).isEqualTo(without(asked.asked()));
    return new Outcome(rows.size(), refused, texts(unanswered, "name"), texts(unanswered, "state"));
  }

  /// The names that a server was not asked.
  private static Set<String> without(Set<String> asked) {
    assertThat(asked).hasSize(QUERIES - DROPPED);
    Set<String> names =
        IntStream.range(0, QUERIES)
            .mapToObj(i -> "q" + i + ".many.test.")
            .collect(toCollection(TreeSet::new));
    names.removeAll(asked);
    return names;
  }

  private static Set<String> texts(List<Json> rows, String key) {
    return rows.stream().map(row -> row.text(key)).collect(toCollection(TreeSet::new));
  }
}

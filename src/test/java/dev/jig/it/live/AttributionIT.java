package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import dev.jig.it.live.Attributions.Judged;
import dev.jig.it.live.Attributions.Verdict;
import dev.jig.it.live.Truth.Hop;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Compares the owners that rows show with the report of the program `asker`.
final class AttributionIT {
  private static final int QUERIES = 10_000;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void ofTenThousandQueriesNoRowMarkedExactHasAWrongOwner() {
    int port = Ports.free();
    try (AskerMatrix matrix = AskerMatrix.start(port, QUERIES);
        IgProcess ig = trace(port)) {

      List<Truth> reported = matrix.ask();

      Attributions rows = new Attributions(reported, Row.of(ig.stop().lines()));
      System.out.println(rows.table());
      assertThat(reported)
          .filteredOn(truth -> truth.hop() == Hop.CLIENT_Q)
          .extracting(Truth::name)
          .hasSize(QUERIES)
          .doesNotHaveDuplicates();
      assertThat(rows.missing()).as("messages without a row").isEmpty();
      assertThat(rows.unexpected()).as("rows of messages that were not sent").isEmpty();
      assertThat(rows.samples(each -> each.verdict() == Verdict.EXACT_WRONG)).isEmpty();
      assertThat(rows.samples(Judged::isUnknownWithoutDoubt)).isEmpty();
      assertThat(rows.samples(Judged::isWrongWithoutDoubt)).isEmpty();
      assertThat(rows.samples(each -> each.row().isOfUdpSender() && !each.row().isExact()))
          .isEmpty();
      assertThat(rows.processesWithReusedPids("pid-reuse-udp")).isGreaterThan(100);
      assertThat(rows.processesWithReusedPids("pid-reuse-passed-tcp")).isGreaterThan(50);
    }
  }

  @Test
  void afterAForkEachAnswerBelongsToTheProcessThatSentTheQuery() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server.port())) {

      Map<String, Truth> truth = Asker.ask(server, "fork-connected", 40);

      List<Row> rows = Row.of(ig.stop().lines());
      List<Row> answers =
          rows.stream().filter(row -> row.isAtClient() && row.qr().equals("R")).toList();
      assertThat(answers)
          .hasSize(40)
          .allMatch(Row::isExact)
          .allSatisfy(row -> assertThat(row.owner()).isEqualTo(truthOf(row, truth).owner()));
      assertThat(answers.stream().collect(Collectors.groupingBy(Row::pid, Collectors.counting())))
          .as("answers of each process: two pairs of parent and child")
          .hasSize(3)
          .containsValue(20L);
    }
  }

  @Test
  void aServersRowsAreAttributedToIt() throws Exception {
    int port = Ports.free();
    try (IgProcess ig = trace(port);
        DnsServer server = DnsServer.start(port, "127.0.0.1", "::1")) {

      Asker.ask(server, "connected4", 20);
      Asker.ask(server, "unconnected6", 20);

      List<Row> rows = Row.of(ig.stop().lines());
      assertThat(rows)
          .filteredOn(row -> !row.isAtClient())
          .hasSize(80)
          .allMatch(row -> row.pid() == ProcessHandle.current().pid());
    }
  }

  private static IgProcess trace(int port) {
    return IgProcess.trace("--host", "-o", "json", "--ports=" + port, "--dns-timeout=30s");
  }

  private static Truth truthOf(Row row, Map<String, Truth> byName) {
    Truth truth = byName.get(row.name());
    if (truth == null) {
      throw new AssertionError("no query of " + row);
    }
    return truth;
  }
}

package dev.jig.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import dev.jig.live.Asker.Truth;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who asked: what the rows say against what the askers said of themselves.
final class AttributionIT {
  private static final int QUERIES = 10_000;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @Test
  void ofTenThousandQueriesNoneMarkedExactHasAWrongOwner() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server.port())) {

      Map<String, Truth> truth = Asker.ask(server, "all", QUERIES);

      List<Row> rows = Row.of(ig.stop().lines());
      List<Row> ofClients = rows.stream().filter(Row::ofClient).toList();
      assertThat(queries(ofClients)).extracting(Row::name).hasSize(QUERIES).doesNotHaveDuplicates();
      assertThat(ofClients)
          .filteredOn(Row::exact)
          .allSatisfy(row -> assertThat(row.owner()).isEqualTo(said(truth, row).owner()));
      System.out.printf(
          "attribution: %,d queries of %d ways, marked less than exact: %s%n",
          QUERIES, countByWay(ofClients, truth).size(), lessByWay(ofClients, truth));
      assertThat(queries(ofClients)).allMatch(Row::exact);
    }
  }

  @Test
  void afterAForkEachAnswerIsItsAskers() throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = trace(server.port())) {

      Map<String, Truth> truth = Asker.ask(server, "fork-connected", 40);

      List<Row> rows = Row.of(ig.stop().lines());
      List<Row> answers =
          rows.stream().filter(row -> row.ofClient() && row.qr().equals("R")).toList();
      assertThat(answers)
          .hasSize(40)
          .allMatch(Row::exact)
          .allSatisfy(row -> assertThat(row.owner()).isEqualTo(said(truth, row).owner()));
      assertThat(answers.stream().collect(Collectors.groupingBy(Row::pid, Collectors.counting())))
          .as("answers of each process: two pairs of parent and child")
          .hasSize(3)
          .containsValue(20L);
    }
  }

  @Test
  void aServersRowsAreTheServers() throws Exception {
    int port = Ports.free();
    try (IgProcess ig = trace(port);
        DnsServer server = DnsServer.start(port, "127.0.0.1", "::1")) {

      Asker.ask(server, "connected4", 20);
      Asker.ask(server, "unconnected6", 20);

      List<Row> rows = Row.of(ig.stop().lines());
      assertThat(rows)
          .filteredOn(row -> !row.ofClient())
          .hasSize(80)
          .allMatch(row -> row.pid() == ProcessHandle.current().pid());
    }
  }

  private static IgProcess trace(int port) {
    return IgProcess.trace("--host", "-o", "json", "--ports=" + port, "--dns-timeout=30s");
  }

  private static List<Row> queries(List<Row> rows) {
    return rows.stream().filter(row -> row.qr().equals("Q")).toList();
  }

  private static Truth said(Map<String, Truth> truth, Row row) {
    Truth said = truth.get(row.name());
    if (said == null) {
      throw new AssertionError("nobody asked " + row);
    }
    return said;
  }

  private static Map<String, Long> countByWay(List<Row> rows, Map<String, Truth> truth) {
    return rows.stream()
        .map(row -> said(truth, row).way())
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }

  private static Map<String, Long> lessByWay(List<Row> rows, Map<String, Truth> truth) {
    return countByWay(rows.stream().filter(row -> !row.exact()).toList(), truth);
  }
}

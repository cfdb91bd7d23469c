package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.DnsServer;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Prerequisite;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Packets with IP options or IPv6 extension headers.
final class HeadersIT {
  private static final int QUERIES = 10;

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip-options", "hop-by-hop"})
  void lookupsWithOptionsMakeFourRowsEach(String way) throws Exception {
    try (DnsServer server = DnsServer.start(0, "127.0.0.1", "::1");
        IgProcess ig = IgProcess.trace("--host", "-o", "json", "--ports=" + server.port())) {

      Map<String, Truth> truth = Asker.ask(server, way, QUERIES);

      List<Row> rows = Row.of(ig.stop().lines());
      assertThat(rows).hasSize(4 * QUERIES);
      assertThat(rows).extracting(Row::name).hasSameElementsAs(truth.keySet());
      assertThat(rows)
          .filteredOn(row -> row.qr().equals("R"))
          .hasSize(2 * QUERIES)
          .allMatch(row -> row.hasState("answered"));
    }
  }
}

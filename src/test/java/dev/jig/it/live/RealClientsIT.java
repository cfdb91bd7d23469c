package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.NetworkHost.Rule;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import dev.jig.fixture.TestNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Rows and lookups of dig and nslookup: what each of them got.
@Timeout(180)
final class RealClientsIT {
  private static final String ADDRESS = "192.0.2.1";
  private static final long LATE_MS = 1_500;

  private final String name = "n" + ThreadLocalRandom.current().nextInt(1 << 30) + ".client.test.";

  @BeforeEach
  void require() {
    Prerequisite.requireRoot();
    Programs.find("dig");
  }

  /// Traces all processes; rows of other names are left out.
  private IgProcess trace(String... more) {
    List<String> options = new ArrayList<>(List.of("--host", "-o", "json", "-F", "name:" + name));
    options.addAll(Arrays.asList(more));
    return IgProcess.trace(options.toArray(String[]::new));
  }

  private List<String> dig(String server, String... options) {
    List<String> command = new ArrayList<>(List.of("dig", "+tries=1", "@" + server, name));
    command.addAll(Arrays.asList(options));
    return command;
  }

  /// As `TCP closed: port closed at server`.
  private static List<String> attempts(Json row) {
    return row.list("attempts").stream()
        .map(Map.class::cast)
        .map(attempt ->
            "%s %s: %s"
                .formatted(
                    attempt.get("protocol"),
                    attempt.get("state"),
                    Causes.of(attempt).replaceAll(" \\(\\w+\\)", "")))
        .toList();
  }

  /// The row of a lookup with a truncated answer over UDP and none over TCP.
  private Json awaitUnanswered(IgProcess ig, ClientRun dig) {
    Json row = Causes.await(ig, name, lookup -> lookup.has("tries"));
    assertThat(row.text("qr") + " " + row.text("state")).isEqualTo("T closed");
    assertThat(row.number("tries")).isEqualTo(row.list("attempts").size());
    assertThat(attempts(row).getFirst()).isEqualTo("UDP truncated: none");
    dig.assertIs("dig", row);
    return row;
  }

  @Test
  void theTcpPortIsClosed() throws Exception {
    String address = StubServer.freeAddress();
    try (StubServer _ = StubServer.start(address, StubServer.Received::truncate);
        IgProcess ig = trace("--lookups")) {
      ClientRun dig = ClientRun.of(dig(address, "+timeout=5"));

      Json row = awaitUnanswered(ig, dig);

      assertThat(dig.output()).contains("connection refused");
      assertThat(attempts(row))
          .containsExactly("UDP truncated: none", "TCP closed: port closed at server");
      assertThat(Causes.inWords(row)).isEqualTo("port closed at server");
      assertThat(Causes.end(ig)).hasSize(1);
    }
  }

  @Test
  void netfilterOfTheServerDropsTcp() throws Exception {
    try (TestNetwork network = TestNetwork.direct();
        StubServer _ = StubServer.start(network.server(), StubServer.Received::truncate);
        IgProcess ig = trace("--lookups")) {
      Rule rule = network.server().filter(Family.IPV4, "INPUT -p tcp --dport 53 -j DROP");

      ClientRun dig =
          ClientRun.of(network.client().inside(dig(network.server().ipv4(), "+timeout=2")));

      Json row = awaitUnanswered(ig, dig);
      assertThat(attempts(row))
          .containsExactly("UDP truncated: none", "TCP closed: dropped by netfilter at server");
      assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_SERVER);
      assertThat(rule.packets()).isPositive();
      assertThat(Causes.end(ig)).hasSize(1);
    }
  }

  @Test
  void theServerResetsTheConnection() throws Exception {
    String address = StubServer.freeAddress();
    try (StubServer server = StubServer.start(address, StubServer.Received::truncate);
        IgProcess ig = trace("--lookups")) {
      server.resetConnections();

      ClientRun dig = ClientRun.of(dig(address, "+timeout=5"));

      Json row = awaitUnanswered(ig, dig);
      assertThat(dig.output()).doesNotContain("NOERROR");
      assertThat(attempts(row).subList(1, attempts(row).size()))
          .isNotEmpty()
          .allMatch(attempt -> attempt.startsWith("TCP closed: "));
      assertThat(Causes.end(ig)).hasSize(1);
    }
  }

  /// dig has ended when the answer comes.
  @Test
  void anAnswerAfterDigGaveUp() throws Exception {
    String address = StubServer.freeAddress();
    try (StubServer server = StubServer.start(address, _ -> {});
        IgProcess ig = trace()) {
      ClientRun dig = digInVain(address);
      StubServer.Received query = server.received().getFirst();
      query.after(LATE_MS, () -> query.answer(ADDRESS));

      Json late = Causes.await(ig, name, row -> "late".equals(row.at("state")));

      assertLatency(late, query, dig);
      assertThat(late.text("qr") + " " + late.text("pktType")).isEqualTo("R HOST");
      List<Json> rows = Causes.end(ig);
      Json unanswered = Causes.only(rows, "T").getFirst();
      assertThat(unanswered.text("state")).isEqualTo("closed");
      assertThat(rows.indexOf(unanswered)).isLessThan(rows.indexOf(late));
      dig.assertIs("dig", unanswered, late);
    }
  }

  /// The same, when the lookup has its row.
  @Test
  void anAnswerAfterTheLookup() throws Exception {
    String address = StubServer.freeAddress();
    try (StubServer server = StubServer.start(address, _ -> {});
        IgProcess ig = trace("--lookups")) {
      ClientRun dig = digInVain(address);
      ig.awaitEvents(1);
      StubServer.Received query = server.received().getFirst();
      query.answer(ADDRESS);

      List<Json> rows = ig.awaitEvents(2);

      assertThat(rows)
          .extracting(row -> row.text("qr") + " " + row.text("state"))
          .containsExactly("T closed", "R late");
      assertLatency(rows.getLast(), query, dig);
      dig.assertIs("dig", rows.getFirst(), rows.getLast());
      assertThat(Causes.end(ig)).hasSize(2);
    }
  }

  private ClientRun digInVain(String server) {
    ClientRun dig = ClientRun.of(dig(server, "+timeout=1"));
    assertThat(dig.output()).contains("timed out");
    return dig;
  }

  /// At least what the server measured, at most the time since dig started.
  private static void assertLatency(Json row, StubServer.Received query, ClientRun dig) {
    assertThat(row.number("latency"))
        .isBetween(query.answeredNs() - query.receivedNs(), System.nanoTime() - dig.startNs());
  }

  /// The thread that sends is named `isc-net-0000` in both.
  @Test
  void programsAreFoundByTheNameOfTheirProcess() throws Exception {
    Programs.find("nslookup");
    String address = StubServer.freeAddress();
    try (StubServer _ = StubServer.start(address, query -> query.answer(ADDRESS));
        IgProcess all = trace("--lookups");
        IgProcess digs = trace("--lookups", "-F", "process:dig")) {
      ClientRun nslookup = ClientRun.of("nslookup", "-type=A", name, address);
      ClientRun dig = ClientRun.of(dig(address, "+timeout=30"));

      List<Json> rows = all.awaitEvents(2);
      assertThat(rows)
          .extracting(row -> row.text("processName") + " " + row.number("pid"))
          .containsExactly("nslookup " + nslookup.pid(), "dig " + dig.pid());
      assertThat(rows).allMatch(row -> row.text("state").equals("answered"));
      digs.awaitEvents(1);
      assertThat(Causes.end(digs)).extracting(row -> row.number("pid")).containsExactly(dig.pid());
    }
  }

  /// The server of this machine that has read the query is named although it sends nothing.
  @Test
  void aServerThatReadsAndIsSilentIsThePeer() throws Exception {
    String address = StubServer.freeAddress();
    try (StubServer server = StubServer.start(address, _ -> {});
        IgProcess ig = trace();
        IgProcess lookups = trace("--lookups")) {
      ClientRun dig = ClientRun.of(dig(address, "+timeout=2"));

      Json row = Causes.awaitUnanswered(ig, name);
      Json lookup = Causes.await(lookups, name, each -> each.has("tries"));

      assertThat(server.received()).hasSize(1);
      for (Json unanswered : List.of(row, lookup)) {
        dig.assertIs("dig", unanswered);
        assertThat(unanswered.text("qr") + " " + unanswered.text("state")).isEqualTo("T closed");
        assertThat(unanswered.number("peer.pid")).isEqualTo(ProcessHandle.current().pid());
      }
    }
  }
}

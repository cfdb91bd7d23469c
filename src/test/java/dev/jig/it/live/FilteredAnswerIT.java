package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.NetworkHost.Rule;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Netfilter drops the answer: the query reached the server, and its client waits in vain.
@Timeout(120)
final class FilteredAnswerIT {
  private static final String NAME = "lost.answer.test.";

  @Test
  void atTheClient() {
    try (TracedNetwork traced = trace(TestNetwork.direct())) {
      loseAnswers(traced, traced.network().client(), "INPUT", Causes.FILTERED_AT_CLIENT);

      assertAnswersLeftTheServer(traced);
    }
  }

  /// The server's own netfilter refuses to send the answer, so it has no row.
  @Test
  void atTheServer() {
    try (TracedNetwork traced = trace(TestNetwork.direct())) {
      loseAnswers(traced, traced.network().server(), "OUTPUT", Causes.FILTERED_AT_SERVER);

      List<Json> rows = Causes.end(traced.ig());
      for (Family family : Family.values()) {
        assertThat(Causes.kinds(rows, name(family)))
            .containsOnly("Q OUTGOING", "Q HOST", "T timeout");
      }
    }
  }

  @Test
  void atARouter() {
    try (TracedNetwork traced = trace(TestNetwork.routed())) {
      loseAnswers(traced, traced.network().router(), "FORWARD", Causes.FILTERED_AT_PATH);

      assertAnswersLeftTheServer(traced);
    }
  }

  private static TracedNetwork trace(TestNetwork network) {
    return TracedNetwork.trace(network, "--dns-timeout=2s");
  }

  private static String name(Family family) {
    return family.name().toLowerCase(Locale.ROOT) + "." + NAME;
  }

  private static void assertAnswersLeftTheServer(TracedNetwork traced) {
    List<Json> rows = Causes.end(traced.ig());
    for (Family family : Family.values()) {
      assertThat(Causes.kinds(rows, name(family)))
          .containsExactlyInAnyOrder("Q OUTGOING", "Q HOST", "R answered", "T timeout");
    }
  }

  /// Loses answers in a chain of a host, and compares the cause at the client.
  private static void loseAnswers(
      TracedNetwork traced, NetworkHost host, String chain, String cause) {
    for (Family family : Family.values()) {
      String address = traced.address(family);
      UdpProcess.Socket asked = traced.server().serve(address, 53);
      Rule rule = host.filter(family, chain + " -p udp --sport 53 -j DROP");
      UdpProcess.Socket socket = traced.client().connect(address, 53);

      assertThat(socket.ask(1, name(family), "A")).isTrue();

      long pid = traced.client().pid();
      Json row =
          Causes.await(
              traced.ig(),
              name(family),
              each -> each.text("qr").equals("T") && each.number("pid") == pid);
      assertThat(Causes.of(row)).isEqualTo(cause);
      assertThat(asked.asked()).containsExactly(name(family));
      assertThat(rule.packets()).isEqualTo(1);
    }
  }

  /// The rows of a socket's answered query have no cause if the next answer is dropped.
  @Test
  void onlyTheDroppedAnswerHasACause() {
    try (TracedNetwork traced = trace(TestNetwork.direct())) {
      String address = traced.address(Family.IPV4);
      traced.server().serve(address, 53);
      Rule rule =
          traced
              .network()
              .client()
              .filter(
                  Family.IPV4,
                  "INPUT -p udp --sport 53 -m statistic --mode nth --every 2 --packet 1 -j DROP");
      UdpProcess.Socket socket = traced.client().connect(address, 53);

      socket.ask(1, NAME, "A");
      assertThat(socket.receive()).isEqualTo("answered");
      socket.ask(2, "second." + NAME, "A");

      Json lost = Causes.awaitUnanswered(traced.ig(), "second." + NAME);
      assertThat(Causes.of(lost)).isEqualTo(Causes.FILTERED_AT_CLIENT);
      assertThat(Causes.end(traced.ig()))
          .filteredOn(row -> row.text("name").equals(NAME))
          .hasSize(4)
          .allMatch(row -> Causes.of(row).equals(Causes.NONE));
      assertThat(rule.packets()).isEqualTo(1);
    }
  }
}

package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One of two queries is dropped: of a lookup's tries, or of A and AAAA.
@Timeout(120)
final class DroppedTryIT {
  private static final String NAME = "lost.try.test.";
  private static final String FIRST = statistic(0);
  private static final String SECOND = statistic(1);

  private static String statistic(int dropped) {
    return " -p udp --dport 53 -m statistic --mode nth --every 2 --packet " + dropped + " -j DROP";
  }

  private static TracedNetwork trace(String... options) {
    return TracedNetwork.trace(TestNetwork.direct(), options);
  }

  @Test
  void aTryDroppedAtTheServer() throws Exception {
    try (TracedNetwork traced = trace("--lookups", "--dns-timeout=10s")) {
      answeredOnTheSecondTry(traced, traced.network().server(), "INPUT", Causes.FILTERED_AT_SERVER);
    }
  }

  @Test
  void aTryDroppedAtTheClient() throws Exception {
    try (TracedNetwork traced = trace("--lookups", "--dns-timeout=10s")) {
      answeredOnTheSecondTry(
          traced, traced.network().client(), "OUTPUT", Causes.FILTERED_AT_CLIENT);
    }
  }

  private static void answeredOnTheSecondTry(
      TracedNetwork traced, NetworkHost dropping, String chain, String cause) throws Exception {
    String address = traced.address(Family.IPV4);
    traced.server().serve(address, 53);
    dropping.filter(Family.IPV4, chain + FIRST);
    UdpProcess.Socket socket = traced.client().connect(address, 53);

    socket.ask(1, NAME, "A");
    Thread.sleep(200); // as a client would, though longer
    socket.ask(1, NAME, "A");
    assertThat(socket.receive()).isEqualTo("answered");

    Json row = Causes.await(traced.ig(), NAME, lookup -> lookup.text("state").equals("answered"));
    assertThat(row.number("tries")).isEqualTo(2);
    assertThat(row.number("pid")).isEqualTo(traced.client().pid());
    assertThat(Causes.of(row)).isEqualTo(Causes.NONE);
    assertThat(tries(row)).containsExactly(cause, Causes.NONE);
    assertThat(Causes.end(traced.ig())).hasSize(1);
  }

  @Test
  void allTriesDropped() throws Exception {
    try (TracedNetwork traced = trace("--lookups", "--dns-timeout=2s")) {
      traced.network().server().filter(Family.IPV4, "INPUT -p udp --dport 53 -j DROP");
      UdpProcess.Socket socket = traced.client().connect(traced.address(Family.IPV4), 53);

      socket.ask(1, NAME, "A");
      socket.ask(1, NAME, "A");

      Json row = Causes.await(traced.ig(), NAME, lookup -> lookup.text("state").equals("timeout"));
      assertThat(row.number("tries")).isEqualTo(2);
      assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_SERVER);
      assertThat(tries(row)).containsExactly(Causes.FILTERED_AT_SERVER, Causes.FILTERED_AT_SERVER);
      assertThat(Causes.end(traced.ig())).hasSize(1);
    }
  }

  /// The causes of a lookup's tries; one that is alone may be left out of the row.
  private static List<String> tries(Json row) {
    return row.list("attempts").stream().map(attempt -> Causes.of((Map<?, ?>) attempt)).toList();
  }

  @Test
  void aLostTwin() throws Exception {
    try (TracedNetwork traced = trace(Causes.NEVER)) {
      askBoth(traced);

      Json lost = Causes.awaitUnanswered(traced.ig(), NAME);
      assertThat(lost.text("qtype")).isEqualTo("AAAA");
      assertThat(lost.text("state")).isEqualTo("closed");
      assertThat(Causes.of(lost)).isEqualTo(Causes.FILTERED_AT_CLIENT);
      assertThat(Causes.end(traced.ig()))
          .hasSize(5)
          .filteredOn(row -> row.text("qtype").equals("A"))
          .hasSize(4)
          .allMatch(row -> Causes.of(row).equals(Causes.NONE));
    }
  }

  @Test
  void aLostTwinsLookup() throws Exception {
    try (TracedNetwork traced = trace("--lookups", "--dns-timeout=2s")) {
      askBoth(traced);

      Json lost = Causes.await(traced.ig(), NAME, row -> row.text("qtype").equals("AAAA"));
      Json answered = Causes.await(traced.ig(), NAME, row -> row.text("qtype").equals("A"));

      assertThat(lost.text("state")).isEqualTo("closed");
      assertThat(Causes.of(lost)).isEqualTo(Causes.FILTERED_AT_CLIENT);
      assertThat(answered.text("state")).isEqualTo("answered");
      assertThat(Causes.of(answered)).isEqualTo(Causes.NONE);
      assertThat(Causes.end(traced.ig())).hasSize(2);
    }
  }

  /// A and AAAA from one socket; the client's netfilter drops the second.
  private static void askBoth(TracedNetwork traced) {
    String address = traced.address(Family.IPV4);
    traced.server().serve(address, 53);
    traced.network().client().filter(Family.IPV4, "OUTPUT" + SECOND);
    UdpProcess.Socket socket = traced.client().connect(address, 53);
    assertThat(socket.ask(1, NAME, "A")).isTrue();
    assertThat(socket.ask(2, NAME, "AAAA")).isFalse();
    assertThat(socket.receive()).isEqualTo("answered");
  }
}

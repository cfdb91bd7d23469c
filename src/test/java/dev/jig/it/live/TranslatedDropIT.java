package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.NetworkHost.Rule;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A service address that a router translates, as Kubernetes does: the packet that is lost has
/// other addresses than the client's query. The client is at a port of a bridge.
@Timeout(120)
final class TranslatedDropIT {
  private static final String NAME = "lost.service.test.";
  private static final String SERVICE = "10.96.0.10";

  /// A network in which port 53 of the service is the server's port 5353, and the client's address
  /// is the router's.
  private static TestNetwork network() {
    TestNetwork network = TestNetwork.bridged();
    String server = network.server().ipv4();
    network
        .router()
        .rule(
            Family.IPV4,
            "nat",
            "PREROUTING -d "
                + SERVICE
                + " -p udp --dport 53 -j DNAT --to-destination "
                + server
                + ":5353");
    network.router().rule(Family.IPV4, "nat", "POSTROUTING -d " + server + " -p udp -j MASQUERADE");
    return network;
  }

  @Test
  void theServiceAnswers() throws Exception {
    try (TracedNetwork traced = TracedNetwork.trace(network(), "--dns-timeout=2s")) {
      traced.server().serve(traced.address(Family.IPV4), 5353);
      UdpProcess.Socket socket = traced.client().connect(SERVICE, 53);

      socket.ask(1, NAME, "A");

      assertThat(socket.receive()).isEqualTo("answered");
      traced.ig().awaitEvents(4);
      assertThat(Causes.end(traced.ig()))
          .hasSize(4)
          .allMatch(row -> Causes.of(row).equals(Causes.NONE));
    }
  }

  @Test
  void droppedBehindTheTranslation() throws Exception {
    try (TracedNetwork traced = TracedNetwork.trace(network(), "--dns-timeout=2s")) {
      traced.server().serve(traced.address(Family.IPV4), 5353);
      Rule rule =
          traced.network().router().filter(Family.IPV4, "FORWARD -p udp --dport 5353 -j DROP");

      assertThat(traced.client().connect(SERVICE, 53).ask(1, NAME, "A")).isTrue();

      assertCause(traced, Causes.FILTERED_AT_PATH);
      assertThat(rule.packets()).isEqualTo(1);
    }
  }

  @Test
  void droppedAtTheServer() throws Exception {
    try (TracedNetwork traced = TracedNetwork.trace(network(), "--dns-timeout=2s")) {
      traced.server().serve(traced.address(Family.IPV4), 5353);
      Rule rule =
          traced.network().server().filter(Family.IPV4, "INPUT -p udp --dport 5353 -j DROP");

      assertThat(traced.client().connect(SERVICE, 53).ask(1, NAME, "A")).isTrue();

      assertCause(traced, Causes.FILTERED_AT_SERVER);
      assertThat(rule.packets()).isEqualTo(1);
    }
  }

  /// The answer has the server's address until the router translates it.
  @Test
  void theAnswerDroppedAtARouter() throws Exception {
    try (TracedNetwork traced = TracedNetwork.trace(network(), "--dns-timeout=2s")) {
      traced.server().serve(traced.address(Family.IPV4), 5353);
      Rule rule =
          traced.network().router().filter(Family.IPV4, "FORWARD -p udp --sport 5353 -j DROP");

      assertThat(traced.client().connect(SERVICE, 53).ask(1, NAME, "A")).isTrue();

      assertCause(traced, Causes.FILTERED_AT_PATH);
      assertThat(rule.packets()).isEqualTo(1);
    }
  }

  /// The router translates the ICMP message too.
  @Test
  void aClosedPortBehindTheTranslation() throws Exception {
    try (TracedNetwork traced = TracedNetwork.trace(network(), Causes.NEVER)) {
      UdpProcess.Socket socket = traced.client().connect(SERVICE, 53);

      assertThat(socket.ask(1, NAME, "A")).isTrue();

      assertThat(socket.receive()).isEqualTo("PortUnreachableException");
      Json row = Causes.awaitUnanswered(traced.ig(), NAME);
      assertThat(Causes.inWords(row)).isEqualTo("port closed at server");
      assertThat(row.text("state")).isEqualTo("closed");
      assertThat(row.number("pid")).isEqualTo(traced.client().pid());
      Causes.end(traced.ig());
    }
  }

  private static void assertCause(TracedNetwork traced, String cause) {
    Json row = Causes.awaitUnanswered(traced.ig(), NAME);
    assertThat(Causes.of(row)).isEqualTo(cause);
    assertThat(row.text("state")).isEqualTo("timeout");
    assertThat(row.number("pid")).isEqualTo(traced.client().pid());
    assertThat(row.text("dstIP")).isEqualTo(SERVICE);
    Causes.end(traced.ig());
  }
}

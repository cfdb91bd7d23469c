package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// No server at the port, no host at the address, no link to it.
@Timeout(120)
final class UnreachableServerIT {
  private static final String NAME = "lost.unreachable.test.";

  private static String name(Family family) {
    return family.name().toLowerCase(Locale.ROOT) + "." + NAME;
  }

  /// ICMP reports it to a connected socket: the client need not wait, and so its row does not.
  @Test
  void aClosedPortEndsAConnectedClientsQueryAtOnce() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), Causes.NEVER)) {
      for (Family family : Family.values()) {
        UdpProcess.Socket socket = traced.client().connect(traced.address(family), 53);

        assertThat(socket.ask(1, name(family), "A")).isTrue();

        assertThat(socket.receive()).isEqualTo("PortUnreachableException");
        Json row = Causes.awaitUnanswered(traced.ig(), name(family));
        assertThat(Causes.inWords(row)).isEqualTo("port closed at server");
        assertThat(row.text("state")).isEqualTo("closed");
        assertThat(row.number("pid")).isEqualTo(traced.client().pid());
        socket.close();
      }
      List<Json> rows = Causes.end(traced.ig());
      for (Family family : Family.values()) {
        assertThat(Causes.kinds(rows, name(family))).containsExactly("Q OUTGOING", "T closed");
      }
    }
  }

  @Test
  void aClosedPortOfAShellsQuery() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), Causes.NEVER)) {
      String query =
          "\\x00\\x07\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00"
              + "\\x05shell\\x04test\\x00\\x00\\x01\\x00\\x01";
      String script =
          "exec 3<>/dev/udp/%s/53; printf '%s' >&3; read -r -t 5 -u 3; echo $$"
              .formatted(traced.address(Family.IPV4), query);
      List<String> shell = traced.network().client().inside(List.of("bash", "-c", script));

      long pid = Long.parseLong(Command.run(shell).orThrow().strip());

      Json row = Causes.awaitUnanswered(traced.ig(), "shell.test.");
      assertThat(Causes.inWords(row)).isEqualTo("port closed at server");
      assertThat(row.text("state")).isEqualTo("closed");
      assertThat(row.text("comm")).isEqualTo("bash");
      assertThat(row.number("pid")).isEqualTo(pid);
      assertThat(Causes.end(traced.ig())).hasSize(2);
    }
  }

  /// No error is reported to an unconnected socket: its client waits until it gives up.
  @Test
  void aClosedPortOfAnUnconnectedClient() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), "--dns-timeout=2s")) {
      for (Family family : Family.values()) {
        String address = traced.address(family);
        String early = "early." + name(family);
        assertThat(traced.client().open(address, 53).ask(1, name(family), "A")).isTrue();
        UdpProcess.Socket closedEarly = traced.client().open(address, 53);
        assertThat(closedEarly.ask(2, early, "A")).isTrue();
        closedEarly.close();

        Json closed = Causes.awaitUnanswered(traced.ig(), early);
        Json waited = Causes.awaitUnanswered(traced.ig(), name(family));

        assertThat(closed.text("state")).isEqualTo("closed");
        assertThat(waited.text("state")).isIn("timeout", "closed");
        assertThat(List.of(closed, waited))
            .allMatch(row -> Causes.inWords(row).equals("port closed at server"))
            .allMatch(row -> row.number("pid") == traced.client().pid());
      }
      assertThat(Causes.end(traced.ig())).hasSize(8);
    }
  }

  /// The kernel asks for the host's link address for about 3 s. For IPv6 it gives no reason then.
  @ParameterizedTest
  @CsvSource({
    TestNetwork.MISSING_IPV4 + ", host unreachable at client",
    TestNetwork.MISSING_IPV6 + ", dropped: NOT_SPECIFIED at client"
  })
  void noHostAtTheAddress(String address, String cause) {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), "--dns-timeout=6s")) {
      assertThat(traced.client().connect(address, 53).ask(1, NAME, "A")).isTrue();
      assertThat(traced.client().open(address, 53).ask(2, "open." + NAME, "A")).isTrue();

      Json connected = Causes.awaitUnanswered(traced.ig(), NAME);
      Json open = Causes.awaitUnanswered(traced.ig(), "open." + NAME);

      assertThat(List.of(connected, open))
          .allMatch(row -> row.number("pid") == traced.client().pid())
          .allMatch(row -> List.of("timeout", "closed").contains(row.text("state")))
          .extracting(Causes::inWords)
          .containsOnly(cause);
      Causes.end(traced.ig());
    }
  }

  /// The other end of the link is down: the client's device has no carrier and takes no packet. The
  /// server's link address is permanent, else the kernel would ask for it again, as of a missing
  /// host.
  @Test
  void theServersLinkIsDown() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), "--dns-timeout=2s")) {
      String address = traced.address(Family.IPV4);
      String link = traced.network().server().run("cat /sys/class/net/eth0/address").strip();
      traced
          .network()
          .client()
          .run("ip neigh replace " + address + " lladdr " + link + " dev eth0 nud permanent");
      UdpProcess.Socket socket = traced.client().connect(address, 53);
      traced.network().server().run("ip link set eth0 down");

      socket.ask(2, NAME, "A");

      Json row = Causes.awaitUnanswered(traced.ig(), NAME);
      assertThat(Causes.inWords(row)).isEqualTo("device down at client");
      assertThat(row.number("pid")).isEqualTo(traced.client().pid());
      Causes.end(traced.ig());
    }
  }

  /// The client's link goes down while its query waits for the server's link address.
  @Test
  void theClientsLinkGoesDown() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), "--dns-timeout=3s")) {
      traced.client().connect(TestNetwork.MISSING_IPV4, 53).ask(1, NAME, "A");

      traced.network().client().run("ip link set eth0 down");

      Json row = Causes.awaitUnanswered(traced.ig(), NAME);
      assertThat(Causes.inWords(row)).isEqualTo("device down at client");
      assertThat(row.number("pid")).isEqualTo(traced.client().pid());
      Causes.end(traced.ig());
    }
  }
}

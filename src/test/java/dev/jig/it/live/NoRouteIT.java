package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// No packet leaves, since the client has no route to its server.
@Timeout(120)
final class NoRouteIT {
  private static final String IPV4 = "192.0.2.1"; // RFC 5737
  private static final String IPV6 = "2001:db8::1"; // RFC 3849
  private static final String CAUSE = "no packet left (no route?) (NO_PACKET_LEFT) at client";
  private static final String NAME = "no.route.test.";

  private static String server(Family family) {
    return family == Family.IPV4 ? IPV4 : IPV6;
  }

  private static TracedNetwork trace(String... options) {
    return TracedNetwork.trace(TestNetwork.direct(), options);
  }

  /// Connects in a shell, and sends nothing; returns the shell's process id.
  ///
  /// @param protocol `udp` or `tcp`
  private static long connect(TracedNetwork traced, int count, String protocol, String server) {
    String script =
        "for i in $(seq %d); do (exec 3<>/dev/%s/%s/53) 2>/dev/null; done; echo $$"
            .formatted(count, protocol, server);
    List<String> shell = traced.network().client().inside(List.of("bash", "-c", script));
    return Long.parseLong(Command.run(shell).orThrow().strip());
  }

  /// Waits for a server's rows without a packet, and returns them.
  private static List<Json> await(TracedNetwork traced, int count, String server) {
    List<Json> rows =
        traced
            .ig()
            .awaitEvents(seen -> seen.stream().filter(row -> isOf(row, server)).count() >= count);
    return rows.stream().filter(row -> isOf(row, server)).toList();
  }

  private static boolean isOf(Json row, String server) {
    return server.equals(row.at("nameserver")) && Causes.of(row).equals(CAUSE);
  }

  /// Other programs of this machine have a route.
  private static List<Json> unsent(List<Json> rows) {
    return rows.stream().filter(row -> Causes.of(row).equals(CAUSE)).toList();
  }

  @ParameterizedTest
  @CsvSource({"udp, IPV4", "udp, IPV6", "tcp, IPV4", "tcp, IPV6"})
  void connectsThatFail(String protocol, Family family) {
    try (TracedNetwork traced = trace("--lookups", Causes.NEVER)) {
      long shell = connect(traced, 3, protocol, server(family));

      assertThat(await(traced, 3, server(family)))
          .hasSize(3)
          .allMatch(row -> row.text("outcome").equals("unreachable"))
          .allMatch(row -> row.text("state").equals("closed"))
          .allMatch(row -> row.text("protocol").equalsIgnoreCase(protocol))
          .allMatch(row -> row.at("name") == null && row.at("qtype") == null)
          .allMatch(row -> row.number("dstPort") == 53)
          .allMatch(row -> row.text("comm").equals("bash"))
          .allMatch(row -> row.number("ppid") == shell)
          .allMatch(row -> row.text("attribution").equals("exact"));
      assertThat(unsent(Causes.end(traced.ig()))).hasSize(3);
    }
  }

  /// One socket, which is not connected: each send but the last is known with the next one.
  @ParameterizedTest
  @EnumSource(Family.class)
  void sendsThatFail(Family family) {
    try (TracedNetwork traced = trace("--lookups", Causes.NEVER)) {
      UdpProcess.Socket socket = traced.client().open(server(family), 53);

      for (int id = 1; id <= 4; id++) {
        assertThat(socket.ask(id, NAME, "A")).isFalse();
      }

      assertThat(await(traced, 3, server(family)))
          .hasSize(3)
          .allMatch(row -> row.number("pid") == traced.client().pid());
      socket.close();
      assertThat(await(traced, 4, server(family))).hasSize(4);
      assertThat(unsent(Causes.end(traced.ig()))).hasSize(4);
    }
  }

  @Test
  void rowsOfMessagesHaveThemToo() {
    try (TracedNetwork traced = trace(Causes.NEVER)) {
      connect(traced, 3, "udp", IPV4);

      assertThat(await(traced, 3, IPV4))
          .allMatch(row -> row.text("qr").equals("T") && row.text("state").equals("closed"));
      assertThat(unsent(Causes.end(traced.ig()))).hasSize(3);
    }
  }

  /// The last program's rows come behind all others.
  @Test
  void theseAreNone() {
    try (TracedNetwork traced = trace("--lookups", Causes.NEVER)) {
      for (Family family : Family.values()) {
        connect(traced, 5, "udp", traced.address(family)); // to learn the own address
        connect(traced, 5, "tcp", traced.address(family)); // refused
      }
      connect(traced, 2, "udp", IPV6);
      blocked(traced);

      assertThat(traced.client().open(IPV4, 53).ask(1, NAME, "A")).isFalse();
      connect(traced, 3, "udp", IPV4);

      assertThat(await(traced, 3, IPV4)).allMatch(row -> row.text("comm").equals("bash"));
      List<Json> rows = Causes.end(traced.ig());
      assertThat(unsent(rows)).hasSize(3);
      assertThat(rows.stream().map(Causes::of)).contains(Causes.FILTERED_AT_CLIENT);
    }
  }

  /// Netfilter's drop is its own cause.
  private static void blocked(TracedNetwork traced) {
    String address = traced.address(Family.IPV4);
    try (var _ =
        traced.network().client().filter(Family.IPV4, "OUTPUT -p udp --dport 53 -j DROP")) {
      for (int i = 1; i <= 4; i++) {
        UdpProcess.Socket socket = traced.client().open(address, 53);
        assertThat(socket.ask(i, "blocked.test.", "A")).isFalse();
        socket.close();
      }
    }
  }

  /// A program that asks another server with success has only looked for an IPv6 address.
  @Test
  void aProbeBetweenQueriesIsNone() {
    try (TracedNetwork traced = trace("--lookups", Causes.NEVER)) {
      traced.server().serve(traced.address(Family.IPV4), 53);
      UdpProcess.Socket asking = traced.client().connect(traced.address(Family.IPV4), 53);
      String query =
          "\\x00\\x07\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00"
              + "\\x05shell\\x04test\\x00\\x00\\x01\\x00\\x01";
      String script =
          """
          for i in 1 2 3 4 5; do
            (exec 3<>/dev/udp/%s/53) 2>/dev/null
            exec 4<>/dev/udp/%s/53; printf '%s' >&4; head -c 1 <&4 >/dev/null; exec 4>&-
          done
          """
              .formatted(IPV6, traced.address(Family.IPV4), query);
      Command.run(traced.network().client().inside(List.of("bash", "-c", script))).orThrow();
      assertThat(asking.ask(1, NAME, "A")).isTrue();

      Json last = Causes.await(traced.ig(), NAME, row -> true);

      assertThat(last.text("state")).isEqualTo("answered");
      assertThat(unsent(Causes.end(traced.ig()))).isEmpty();
    }
  }
}

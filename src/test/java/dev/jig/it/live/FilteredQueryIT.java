package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.docker.FakeDocker;
import dev.jig.fixture.ContainerCgroup;
import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.NetworkHost.Rule;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Netfilter drops a query: at the client, at the server or at a router between them.
@Timeout(120)
final class FilteredQueryIT {
  private static final String DROP = " -p udp --dport 53 -j DROP";
  private static final String CONTAINER = "0123456789abcdef".repeat(4);

  @TempDir Path folder;

  private static String name(Object... parts) {
    StringBuilder name = new StringBuilder();
    for (Object part : parts) {
      name.append(part.toString().toLowerCase(Locale.ROOT)).append('.');
    }
    return name.append("filtered.test.").toString();
  }

  /// The query has left, so it has its row and its time to wait.
  @Test
  void atTheServer() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), "--dns-timeout=2s")) {
      for (Family family : Family.values()) {
        Rule rule = traced.network().server().filter(family, "INPUT" + DROP);

        Json row = askInVain(traced, family);

        assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_SERVER);
        assertThat(List.copyOf(row.fields().keySet())).containsSubsequence("state", "cause");
        assertThat(rule.packets()).isEqualTo(1);
      }
      assertTimeouts(traced);
    }
  }

  @Test
  void atARouter() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.routed(), "--dns-timeout=2s")) {
      for (Family family : Family.values()) {
        Rule rule = traced.network().router().filter(family, "FORWARD" + DROP);

        Json row = askInVain(traced, family);

        assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_PATH);
        assertThat(rule.packets()).isEqualTo(1);
      }
      assertTimeouts(traced);
    }
  }

  /// Asks a server that the query does not reach.
  private static Json askInVain(TracedNetwork traced, Family family) {
    String address = traced.address(family);
    UdpProcess.Socket asked = traced.server().serve(address, 53);
    assertThat(traced.client().connect(address, 53).ask(1, name(family), "A")).isTrue();
    Json row = Causes.awaitUnanswered(traced.ig(), name(family));
    assertThat(asked.asked()).isEmpty();
    assertThat(row.text("state")).isEqualTo("timeout");
    assertThat(row.number("pid")).isEqualTo(traced.client().pid());
    return row;
  }

  private static void assertTimeouts(TracedNetwork traced) {
    List<Json> rows = Causes.end(traced.ig());
    for (Family family : Family.values()) {
      assertThat(Causes.kinds(rows, name(family))).containsExactly("Q OUTGOING", "T timeout");
    }
  }

  /// A rejected packet is dropped by netfilter, and answered as if the port were closed.
  @Test
  void rejectedByTheServer() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), Causes.NEVER)) {
      for (Family family : Family.values()) {
        String address = traced.address(family);
        traced.server().serve(address, 53);
        String icmp = family == Family.IPV4 ? "icmp" : "icmp6";
        Rule rule =
            traced
                .network()
                .server()
                .filter(
                    family,
                    "INPUT -p udp --dport 53 -j REJECT --reject-with "
                        + icmp
                        + "-port-unreachable");
        UdpProcess.Socket socket = traced.client().connect(address, 53);

        assertThat(socket.ask(1, name(family), "A")).isTrue();

        assertThat(socket.receive()).isEqualTo("PortUnreachableException");
        Json row = Causes.awaitUnanswered(traced.ig(), name(family));
        assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_SERVER);
        assertThat(row.text("state")).isEqualTo("closed");
        assertThat(rule.packets()).isEqualTo(1);
      }
      List<Json> rows = Causes.end(traced.ig());
      for (Family family : Family.values()) {
        assertThat(Causes.kinds(rows, name(family))).containsExactly("Q OUTGOING", "T closed");
      }
    }
  }

  /// No packet leaves: the row is the only one of the query.
  @ParameterizedTest
  @EnumSource
  void atTheClient(Family family) {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), Causes.NEVER)) {
      for (String chain : List.of("OUTPUT", "POSTROUTING")) {
        String table = chain.equals("OUTPUT") ? "filter" : "mangle";
        try (Rule rule = traced.network().client().rule(family, table, chain + DROP)) {
          UdpProcess.Socket connected = traced.client().connect(traced.address(family), 53);
          UdpProcess.Socket open = traced.client().open(traced.address(family), 53);

          assertRefused(traced, connected, name("connected", chain));
          assertRefused(traced, open, name("open", chain));

          assertThat(rule.packets()).isEqualTo(2);
          connected.close();
          open.close();
        }
      }
      assertThat(Causes.end(traced.ig())).hasSize(4);
    }
  }

  private static void assertRefused(TracedNetwork traced, UdpProcess.Socket socket, String name) {
    assertThat(socket.ask(0x4d, name, "AAAA")).isFalse();

    Json row = Causes.awaitUnanswered(traced.ig(), name);
    assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_CLIENT);
    assertThat(row.text("state")).isEqualTo("closed");
    assertThat(row.number("pid")).isEqualTo(traced.client().pid());
    assertThat(row.text("comm")).isEqualTo("java");
    assertThat(row.text("attribution")).isEqualTo("exact");
    assertThat(row.text("qtype")).isEqualTo("AAAA");
    assertThat(row.text("id")).isEqualTo("004d");
    assertThat(row.text("pktType")).isEqualTo("OUTGOING");
    assertThat(row.text("dstIP")).isIn(traced.address(Family.IPV4), traced.address(Family.IPV6));
    assertThat(row.at("nameserver")).isEqualTo(row.at("dstIP"));
    assertThat(row.number("dstPort")).isEqualTo(53);
  }

  @Test
  void atAContainersClient() throws Exception {
    Path socket = folder.resolve("docker.sock");
    try (FakeDocker docker = new FakeDocker(socket);
        ContainerCgroup container = ContainerCgroup.create(CONTAINER)) {
      docker.answer(
          FakeDocker.ALL, "[" + FakeDocker.listed(CONTAINER, "filtered-web", "running") + "]");
      try (TracedNetwork traced =
          TracedNetwork.traceContainer(TestNetwork.direct(), "filtered-web", socket.toString())) {
        UdpProcess client = traced.client();
        traced.network().client().filter(Family.IPV4, "OUTPUT" + DROP);
        container.add(client.pid());

        assertThat(client.connect(traced.address(Family.IPV4), 53).ask(1, name(), "A")).isFalse();

        Json row = Causes.awaitUnanswered(traced.ig(), name());
        assertThat(row.text("runtime.containerName")).isEqualTo("filtered-web");
        assertThat(Causes.of(row)).isEqualTo(Causes.FILTERED_AT_CLIENT);
        assertThat(Causes.end(traced.ig())).hasSize(1);
      }
    }
  }
}

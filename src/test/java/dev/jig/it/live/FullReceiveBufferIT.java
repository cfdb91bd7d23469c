package dev.jig.it.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.docker.FakeDocker;
import dev.jig.fixture.ContainerCgroup;
import dev.jig.fixture.Json;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server that does not read: its receive buffer holds the first queries, and the kernel drops
/// the others after they were seen at the server's socket.
@Timeout(120)
final class FullReceiveBufferIT {
  private static final int QUERIES = 40;
  private static final String CONTAINER = "fedcba9876543210".repeat(4);
  private static final String FULL = "receive buffer full (SOCKET_RCVBUFF) at server";

  @TempDir Path folder;

  /// The rows of both ends, and those of unanswered queries.
  @ParameterizedTest
  @EnumSource
  void queriesThatDidNotFit(Family family) {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), "--dns-timeout=2s")) {
      UdpProcess.Socket busy = bindAndAsk(traced, family);
      long client = traced.client().pid();
      long server = traced.server().pid();

      List<Json> rows = traced.ig().awaitEvents(seen -> of(client, "T", seen).size() >= QUERIES);

      Set<String> held = held(busy);
      assertThat(of(client, "T", rows)).hasSize(QUERIES).allSatisfy(row -> assertCause(row, held));
      assertThat(of(server, "Q", rows)).hasSize(QUERIES).allSatisfy(row -> assertCause(row, held));
      assertThat(of(client, "Q", rows))
          .hasSize(QUERIES)
          .allMatch(row -> Causes.of(row).equals(Causes.NONE));
      Causes.end(traced.ig());
    }
  }

  private static List<Json> of(long pid, String qr, List<Json> rows) {
    return Causes.only(rows, qr).stream().filter(row -> row.number("pid") == pid).toList();
  }

  /// A server's row does not wait for the client's timeout.
  @Test
  void theServersRowsComeAtOnce() {
    try (TracedNetwork traced = TracedNetwork.trace(TestNetwork.direct(), Causes.NEVER)) {
      UdpProcess.Socket busy = bindAndAsk(traced, Family.IPV4);
      long server = traced.server().pid();

      List<Json> rows = traced.ig().awaitEvents(seen -> of(server, "Q", seen).size() >= QUERIES);

      Set<String> held = held(busy);
      assertThat(of(server, "Q", rows)).hasSize(QUERIES).allSatisfy(row -> assertCause(row, held));
      Causes.end(traced.ig());
    }
  }

  /// Rows wait up to 500 ms for the name of a container that no runtime knows.
  @Test
  void theServersRowsAfterTheyWaitedForAContainersName() throws Exception {
    String socket = folder.resolve("docker.sock").toString();
    try (FakeDocker _ = new FakeDocker(Path.of(socket));
        ContainerCgroup container = ContainerCgroup.create(CONTAINER);
        TracedNetwork traced =
            TracedNetwork.trace(
                TestNetwork.direct(), Causes.NEVER, "--docker-socketpath=" + socket)) {
      container.add(traced.server().pid());
      UdpProcess.Socket busy = bindAndAsk(traced, Family.IPV4);
      long server = traced.server().pid();

      List<Json> rows = traced.ig().awaitEvents(seen -> of(server, "Q", seen).size() >= QUERIES);

      Set<String> held = held(busy);
      assertThat(of(server, "Q", rows))
          .hasSize(QUERIES)
          .allMatch(row -> CONTAINER.startsWith(row.text("runtime.containerId")))
          .allSatisfy(row -> assertCause(row, held));
      Causes.end(traced.ig());
    }
  }

  @Test
  void lookups() {
    try (TracedNetwork traced =
        TracedNetwork.trace(TestNetwork.direct(), "--lookups", "--dns-timeout=2s")) {
      UdpProcess.Socket busy = bindAndAsk(traced, Family.IPV4);

      List<Json> rows = traced.ig().awaitEvents(QUERIES);

      Set<String> held = held(busy);
      assertThat(rows)
          .hasSize(QUERIES)
          .allMatch(row -> row.number("pid") == traced.client().pid())
          .allSatisfy(row -> assertCause(row, held));
      Causes.end(traced.ig());
    }
  }

  private static UdpProcess.Socket bindAndAsk(TracedNetwork traced, Family family) {
    String address = traced.address(family);
    UdpProcess.Socket busy = traced.server().bind(address, 53, 1); // the least the kernel allows
    UdpProcess.Socket socket = traced.client().connect(address, 53);
    for (int i = 0; i < QUERIES; i++) {
      assertThat(socket.ask(i, "q" + i + ".full.test.", "A")).isTrue();
    }
    return busy;
  }

  /// The names that the server can still read.
  private static Set<String> held(UdpProcess.Socket busy) {
    Set<String> held = busy.held();
    assertThat(held).hasSizeBetween(1, QUERIES - 1);
    return held;
  }

  private static void assertCause(Json row, Set<String> held) {
    assertThat(Causes.of(row))
        .as("%s", row.text("name"))
        .isEqualTo(held.contains(row.text("name")) ? Causes.NONE : FULL);
  }
}

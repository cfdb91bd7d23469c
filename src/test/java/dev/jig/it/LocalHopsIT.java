package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Dnsmasq;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Hops within the machine: the row of a received message shows its sender as the peer.
@Timeout(120)
final class LocalHopsIT {
  private static final String ONE_TRY = "+tries=1";
  private static final String LONG_WAIT = "+time=30";

  private static String image;

  @BeforeAll
  static void require() {
    Docker.require();
    Prerequisite.requireRoot();
    Dnsmasq.require();
    image = DockerImages.clients();
  }

  @Test
  void dockersResolverIsThePeerOfAContainerAndOfItsUpstream() {
    String app = Docker.uniqueName();
    String upstream = Docker.uniqueName();
    String name = app + ".ask.example.test.";
    try (Docker.Network network = Docker.network();
        Docker.Container server = DockerImages.startDnsServer(upstream, network);
        Docker.Container client = startClient(app, network, server.address());
        IgProcess ig = IgProcess.trace("-c", app + "," + upstream, "-o", "json")) {
      lookUpUntilNamed(ig, client);
      client.exec("dig", "+short", ONE_TRY, LONG_WAIT, name).orThrow();

      List<Json> rows =
          ig.awaitEvents(events ->
              rowsOf(events, app, name).size() >= 2 && rowsOf(events, upstream, name).size() >= 2);

      Json query = rowsOf(rows, app, name).getFirst();
      Json response = rowsOf(rows, app, name).getLast();
      assertThat(response.text("qr")).isEqualTo("R");
      assertThat(query.has("peer")).as("no process has received it yet").isFalse();
      assertThat(response.text("peer.comm")).isEqualTo("dockerd");
      assertThat(response.text("peer.attribution")).isEqualTo("exact");
      assertThat(response.has("peer.runtime")).isFalse();
      assertThat(response.text("nameserver")).isEqualTo("127.0.0.11");
      for (Json forwarded : rowsOf(rows, upstream, name)) {
        assertThat(forwarded.text("peer.comm")).isEqualTo("dockerd");
        assertThat(forwarded.number("peer.pid")).isEqualTo(response.number("peer.pid"));
      }
    }
  }

  @Test
  void thePeerContainerIsNamedEvenIfItIsNotSelected() {
    String app = Docker.uniqueName();
    String upstream = Docker.uniqueName();
    try (Docker.Network network = Docker.network();
        Docker.Container server = DockerImages.startDnsServer(upstream, network);
        Docker.Container client = startClient(app, network, server.address());
        IgProcess ig = IgProcess.trace("-c", app, "-o", "json", "-F", "qr:R,name:~counted")) {
      lookUpUntilNamed(ig, client);
      int lookups = 40; // more than the packets for which ig may skip a cgroup that is not selected
      String dig = String.join(" ", "dig", "+short", ONE_TRY, LONG_WAIT, "@" + server.address());
      String script =
          "i=0; while [ $i -lt %d ]; do %s ${i}counted.ask.example.test; i=$((i+1)); done"
              .formatted(lookups, dig);
      client.exec("sh", "-c", script).orThrow();

      List<Json> rows =
          withoutWarmUp(ig.awaitEvents(events -> withoutWarmUp(events).size() >= lookups));

      assertThat(rows).hasSize(lookups);
      for (Json row : rows) {
        assertThat(row.text("runtime.containerName")).isEqualTo(app);
        assertThat(row.text("peer.runtime.containerId")).isEqualTo(server.id());
        assertThat(row.number("peer.pid")).isEqualTo(server.pid());
      }
    }
  }

  @Test
  void aStubOnLoopbackIsThePeerOfItsClientAndOfItsUpstream() throws IOException {
    int net = ThreadLocalRandom.current().nextInt(1, 0x10000);
    String stub = "127." + (net >> 8 | 1) + "." + (net & 0xff) + ".1";
    String upstream = "127." + (net >> 8 | 1) + "." + (net & 0xff) + ".2";
    String name = Docker.uniqueName() + ".ask.example.test.";
    try (IgProcess ig = IgProcess.trace("--host", "-o", "json", "-F", "name:" + name);
        DnsServer server = DnsServer.start(53, upstream);
        Dnsmasq dnsmasq = Dnsmasq.start(stub, upstream)) {
      Command.run("dig", "+short", ONE_TRY, LONG_WAIT, "@" + stub, name).orThrow();
      Command.run("dig", "+short", "+tcp", ONE_TRY, LONG_WAIT, "@" + stub, name).orThrow();

      List<Json> rows = ig.awaitEvents(16);

      long self = ProcessHandle.current().pid();
      assertThat(server.queries()).isEqualTo(2);
      assertThat(rows).hasSize(16);
      for (Json row : rows) {
        boolean sent = row.text("qr").equals("Q") && row.text("pktType").equals("OUTGOING");
        assertThat(row.has("peer")).isEqualTo(!sent);
        if (sent) {
          continue;
        }
        long peer = row.number("peer.pid");
        if (row.number("pid") != dnsmasq.pid()) {
          assertThat(peer).isEqualTo(dnsmasq.pid());
        } else if (List.of(row.text("srcIP"), row.text("dstIP")).contains(upstream)) {
          assertThat(peer).isEqualTo(self);
        } else {
          assertThat(row.text("peer.comm")).isEqualTo("isc-net-0000");
          assertThat(peer).isNotEqualTo(self);
        }
      }
    }
  }

  private static List<Json> withoutWarmUp(List<Json> rows) {
    return rows.stream().filter(row -> !row.text("name").startsWith("before")).toList();
  }

  /// ig lists the containers that already run shortly after the trace begins: repeats a lookup
  /// until its row has the container's name.
  private static void lookUpUntilNamed(IgProcess ig, Docker.Container client) {
    for (int i = 0; i < 30 && ig.lines().isEmpty(); i++) {
      client.exec("dig", "+short", ONE_TRY, LONG_WAIT, "before-counted.ask.example.test").orThrow();
    }
    ig.awaitEvents(1);
  }

  private static List<Json> rowsOf(List<Json> rows, String container, String name) {
    Predicate<Json> own = row -> container.equals(row.at("runtime.containerName"));
    return rows.stream().filter(own).filter(row -> name.equals(row.at("name"))).toList();
  }

  private static Docker.Container startClient(String name, Docker.Network network, String server) {
    return Docker.start(
        image,
        List.of("--name=" + name, "--network=" + network.name(), "--dns=" + server),
        "sleep",
        "600");
  }
}

package dev.jig.it;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Lookup;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Common resolvers (BIND, BusyBox, glibc, musl, Java) in a container query a server on this
/// machine over IPv4 and IPv6.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class ClientsIT {
  /// A client program.
  ///
  /// @param comm of the thread that sends
  private record Client(String label, String comm, String protocol, List<String> command) {
    Client(String label, String comm, String... command) {
      this(label, comm, "UDP", List.of(command));
    }

    /// The name of its process.
    String program() {
      return Path.of(command.getFirst()).getFileName().toString();
    }

    String name(String version) {
      return label + "-" + version + ".ask.example.test.";
    }
  }

  private static final List<Client> CLIENTS =
      List.of(
          new Client("dig", "isc-net-0000", "dig"),
          new Client("dig-tcp", "isc-net-0000", "TCP", List.of("dig", "+tcp")),
          new Client("nslookup", "isc-net-0000", "nslookup"),
          new Client("busybox", "busybox", "busybox", "nslookup"),
          new Client("glibc", "getent", "getent", "ahosts"),
          new Client("musl", "resolve", "resolve"),
          new Client("java", "java", "/jdk/bin/java", Lookup.class.getName()));

  /// Latency is measured with the monotonic clock, timestamps with the wall clock.
  private static final Offset<Long> MAX_CLOCK_DIFFERENCE = Offset.offset(100_000L);

  private String image;
  private Docker.Network network;
  private String v4;
  private String v6;
  private List<String> three;
  private DnsServer server;

  @BeforeAll
  void start() {
    Docker.require();
    Prerequisite.requireRoot();
    image = DockerImages.clients();
    String prefix =
        "2001:db8:" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1, 0xffff)) + "::";
    network = Docker.network("--ipv6", "--subnet=" + prefix + "/64");
    v4 = network.hostAddress();
    v6 = network.addHostAddress(prefix + "53");
    String same = v4.substring(0, v4.lastIndexOf('.') + 1);
    three = List.of(v4, network.addHostAddress(same + 253), network.addHostAddress(same + 254));
    List<String> addresses = new ArrayList<>(three);
    addresses.add(v6);
    server = DnsServer.start(53, addresses.toArray(String[]::new));
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    network.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v4", "v6"})
  void queriesAndResponsesAreAttributedToTheResolverThatSentThem(
      String version, @TempDir Path folder) throws IOException {
    String nameserver = version.equals("v4") ? v4 : v6;
    try (Docker.Container container = startWithNameservers(folder, List.of(nameserver));
        IgProcess ig = IgProcess.trace("-c", container.name(), "-o", "json")) {
      for (Client client : CLIENTS) {
        List<String> command = new ArrayList<>(client.command());
        command.add(client.name(version));
        container.exec(command.toArray(String[]::new)).orThrow();
      }

      List<Json> events =
          ig.awaitEvents(rows ->
              CLIENTS.stream().allMatch(client -> isAnswered(named(rows, client.name(version)))));

      for (Client client : CLIENTS) {
        assertAttributed(named(events, client.name(version)), client, nameserver);
      }
      assertThat(ig.stop().err()).contains(" 0 lost");
    }
  }

  private static boolean isAnswered(List<Json> rows) {
    long queries = rows.stream().filter(row -> row.text("qr").equals("Q")).count();
    return queries > 0 && rows.size() == 2 * queries;
  }

  private static void assertAttributed(List<Json> rows, Client client, String nameserver) {
    assertThat(rows).as(client.label()).isNotEmpty();
    Json first = rows.getFirst();
    for (Json row : rows) {
      assertThat(row.text("comm")).as(client.label()).isEqualTo(client.comm());
      assertThat(row.text("processName")).isEqualTo(client.program());
      assertThat(row.number("pid")).as(client.label()).isEqualTo(first.number("pid"));
      assertThat(row.text("nameserver")).as(client.label()).isEqualTo(nameserver);
      assertThat(row.text("protocol")).as(client.label()).isEqualTo(client.protocol());
      if (row.text("qr").equals("R")) {
        assertThat(row.text("state")).as(client.label()).isEqualTo("answered");
        assertThat(row.text("pktType")).as(client.label()).isEqualTo("HOST");
      } else {
        assertThat(row.text("pktType")).as(client.label()).isEqualTo("OUTGOING");
      }
    }
    rows.stream()
        .collect(groupingBy(row -> row.text("id") + row.text("qtype")))
        .forEach((id, pair) -> assertThat(pair).as(client.label() + " " + id).hasSize(2));
  }

  @Test
  void muslQueriesAllServersAtOnceAndEachQueryHasItsOwnEnd(@TempDir Path folder)
      throws IOException {
    try (Docker.Container container = startWithNameservers(folder, three);
        IgProcess ig = IgProcess.trace("-c", container.name(), "-o", "json")) {
      container.exec("resolve", "three.ask.example.test").orThrow();

      // musl takes the first answer and closes the socket: the others may be late.
      List<Json> events =
          ig.awaitEvents(rows -> withoutLate(rows).size() == 12).stream()
              .filter(row -> row.text("qtype").equals("A"))
              .toList();
      assertThat(events).allMatch(row -> container.name().equals(row.at("runtime.containerName")));
      events = withoutLate(events);

      List<Json> queries = events.stream().filter(row -> row.text("qr").equals("Q")).toList();
      List<Json> ends = events.stream().filter(row -> !row.text("qr").equals("Q")).toList();
      assertThat(queries).extracting(row -> row.text("nameserver")).hasSameElementsAs(three);
      assertThat(queries)
          .extracting(row -> row.text("id"))
          .containsOnly(queries.getFirst().text("id"));
      assertThat(queries)
          .extracting(row -> row.number("srcPort"))
          .containsOnly(queries.getFirst().number("srcPort"));
      assertThat(ends)
          .extracting(row -> row.text("nameserver"))
          .hasSameElementsAs(three)
          .hasSize(3);
      assertThat(ends)
          .extracting(row -> row.text("state"))
          .contains("answered")
          .isSubsetOf("answered", "closed");
      assertThat(events).extracting(row -> row.text("comm")).containsOnly("resolve");
    }
  }

  private static List<Json> withoutLate(List<Json> rows) {
    return rows.stream().filter(row -> !"late".equals(row.at("state"))).toList();
  }

  @Test
  void connectedAndUnconnectedSocketsAreAttributedToTheirProcess() {
    List<String> cases =
        List.of(
            "connected4",
            "connected6",
            "connected-mapped",
            "unconnected4",
            "unconnected6",
            "unconnected-mapped",
            "threads-shared-unconnected",
            "fork-connected",
            "passed");
    String name = Docker.uniqueName();
    try (IgProcess ig = IgProcess.trace("-c", name, "-o", "json");
        Docker.Container container = startClient("--name=" + name, "--pid=host")) {
      List<Truth> reported = new ArrayList<>();
      for (String way : cases) {
        reported.addAll(runAsker(container, "-4", v4, "-6", v6, way, "8"));
      }

      List<Json> events = ig.awaitEvents(2 * reported.size());

      Map<String, Truth> truth = Truth.byName(reported);
      assertThat(truth).hasSize(8 * cases.size());
      for (Json event : events) {
        String question = event.text("name");
        assertThat(Truth.of(event)).isEqualTo(truth.get(question));
        assertThat(event.text("attribution")).isEqualTo("exact");
        assertThat(event.text("nameserver")).isEqualTo(question.contains("connected6") ? v6 : v4);
      }
      assertThat(isAnswered(events)).isTrue();
    }
  }

  @Test
  void clientsWithTheSameIdAndNameAreDistinguished() {
    String clientName = Docker.uniqueName();
    String serverName = Docker.uniqueName();
    try (IgProcess client = IgProcess.trace("-c", clientName, "-o", "json");
        IgProcess server = IgProcess.trace("-c", serverName, "-o", "json");
        Docker.Container dns = DockerImages.startDnsServer(serverName, network);
        Docker.Container container = startClient("--name=" + clientName, "--pid=host")) {
      List<Truth> reported = runAsker(container, "-4", dns.address(), "twins", "8");

      List<Json> clientRows = client.awaitEvents(2 * reported.size());
      List<Json> serverRows = server.awaitEvents(2 * reported.size());

      assertThat(reported).extracting(Truth::name).hasSize(8).satisfies(ClientsIT::hasPairs);
      for (String qr : List.of("Q", "R")) {
        assertThat(clientRows.stream().filter(row -> row.text("qr").equals(qr)).map(Truth::of))
            .containsExactlyInAnyOrderElementsOf(reported);
      }
      for (List<Json> side : List.of(clientRows, serverRows)) {
        for (Json response : side.stream().filter(row -> row.text("qr").equals("R")).toList()) {
          Json query = queryOf(response, side);
          assertThat(response.number("latency"))
              .isCloseTo(
                  response.number("timestamp") - query.number("timestamp"), MAX_CLOCK_DIFFERENCE);
          assertThat(response.number("pid")).isEqualTo(query.number("pid"));
        }
      }
    }
  }

  private static void hasPairs(List<? extends String> names) {
    assertThat(new HashSet<>(names)).hasSize(names.size() / 2);
  }

  private static Json queryOf(Json response, List<Json> events) {
    List<Json> found =
        events.stream()
            .filter(row -> row.text("qr").equals("Q"))
            .filter(row -> row.text("name").equals(response.text("name")))
            .filter(row -> row.number("srcPort") == response.number("dstPort"))
            .toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void aServersQueriesAndResponsesAreAttributedToIt() {
    String name = Docker.uniqueName();
    try (IgProcess ig = IgProcess.trace("-c", name, "-o", "json");
        Docker.Container dns = DockerImages.startDnsServer(name, network);
        Docker.Container container = startClient()) {
      runAsker(container, "-4", dns.address(), "unconnected4", "4");
      runAsker(container, "-4", dns.address(), "tcp4", "4");

      List<Json> events = ig.awaitEvents(16);

      assertThat(isAnswered(events)).isTrue();
      long pid = dns.pid();
      for (Json event : events) {
        assertThat(event.text("pktType"))
            .isEqualTo(event.text("qr").equals("Q") ? "HOST" : "OUTGOING");
        assertThat(event.number("pid")).isEqualTo(pid);
        assertThat(event.text("nameserver")).isEqualTo(dns.address());
        if (event.text("qr").equals("R")) {
          assertThat(event.text("state")).isEqualTo("answered");
          assertThat(event.number("latency")).isPositive();
        }
        if (event.text("protocol").equals("UDP") && event.text("qr").equals("R")) {
          assertThat(event.text("comm")).isEqualTo("dns-udp");
          assertThat(event.text("attribution")).isEqualTo("exact");
        }
      }
      assertThat(protocols(events)).containsExactlyInAnyOrder("UDP", "TCP");
    }
  }

  private static Set<String> protocols(List<Json> events) {
    Set<String> protocols = new HashSet<>();
    events.forEach(event -> protocols.add(event.text("protocol")));
    return protocols;
  }

  private static List<Truth> runAsker(Docker.Container container, String... arguments) {
    List<String> command = new ArrayList<>(List.of("asker"));
    command.addAll(List.of(arguments));
    return Truth.of(container.exec(command.toArray(String[]::new)).orThrow().lines().toList());
  }

  private static List<Json> named(List<Json> events, String name) {
    return events.stream().filter(event -> event.text("name").equals(name)).toList();
  }

  /// Starts a container with its own resolv.conf in place of the one with Docker's embedded
  /// resolver.
  private Docker.Container startWithNameservers(Path folder, List<String> nameservers)
      throws IOException {
    Path file = folder.resolve("resolv.conf");
    Files.write(file, nameservers.stream().map(address -> "nameserver " + address).toList());
    List<String> options = new ArrayList<>(DockerImages.javaOptions());
    options.add("--volume=" + file + ":/etc/resolv.conf:ro");
    return startClient(options.toArray(String[]::new));
  }

  private Docker.Container startClient(String... options) {
    List<String> all = new ArrayList<>(List.of("--network=" + network.name()));
    all.addAll(List.of(options));
    return Docker.start(image, all, "sleep", "600");
  }
}

package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.ServedNetwork;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// In a user-defined network containers query Docker's embedded resolver at 127.0.0.11; NAT
/// rewrites its port in both directions. It resolves container names itself, and forwards other
/// queries to the container's `--dns`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class EmbeddedResolverIT {
  private static final String RESOLVER = "127.0.0.11";

  /// Latency is measured with the monotonic clock, timestamps with the wall clock.
  private static final Offset<Long> MAX_CLOCK_DIFFERENCE = Offset.offset(100_000L);

  private String image;
  private ServedNetwork network;

  @BeforeAll
  void start() {
    network = ServedNetwork.start();
    image = DockerImages.clients();
  }

  @AfterAll
  void stop() throws IOException {
    network.close();
  }

  @Test
  void clientLookupsShowTheEmbeddedResolverAsNameserver() {
    try (Docker.Container client = startClient();
        IgProcess ig = IgProcess.trace("-c", client.name(), "-o", "json")) {
      client.exec("dig", "+short", "dig.ask.example.test").orThrow();
      client.exec("dig", "+short", "+tcp", "tcp.ask.example.test").orThrow();
      client.exec("nslookup", "-querytype=a", "nslookup.ask.example.test").orThrow();
      client.exec("nslookup", "-querytype=a", "nothing.example.test");
      client.exec("getent", "ahostsv4", "getent.ask.example.test").orThrow();

      List<Json> events = ig.awaitEvents(10);

      assertThat(IgProcess.events(ig.stop().lines())).hasSize(10);
      assertAnswered(events, "dig.ask.example.test.", "isc-net-0000", "UDP", "NoError");
      assertAnswered(events, "tcp.ask.example.test.", "isc-net-0000", "TCP", "NoError");
      assertAnswered(events, "nslookup.ask.example.test.", "isc-net-0000", "UDP", "NoError");
      assertAnswered(events, "nothing.example.test.", "isc-net-0000", "UDP", "NXDomain");
      assertAnswered(events, "getent.ask.example.test.", "getent", "UDP", "NoError");
    }
  }

  private static void assertAnswered(
      List<Json> events, String name, String comm, String protocol, String rcode) {
    List<Json> rows = named(events, name);
    assertThat(rows).extracting(row -> row.text("qr")).containsExactly("Q", "R");
    assertThat(rows).extracting(row -> row.text("pktType")).containsExactly("OUTGOING", "HOST");
    Json query = rows.getFirst();
    Json response = rows.getLast();
    for (Json row : rows) {
      assertThat(row.text("nameserver")).isEqualTo(RESOLVER);
      assertThat(row.text("comm")).isEqualTo(comm);
      assertThat(row.text("protocol")).isEqualTo(protocol);
      assertThat(row.text("attribution")).isEqualTo(protocol.equals("UDP") ? "exact" : "socket");
      assertThat(row.number("pid")).isEqualTo(query.number("pid"));
      assertThat(row.number("tid")).isEqualTo(query.number("tid"));
    }
    assertThat(query.number("dstPort")).as("the port after NAT").isNotEqualTo(53);
    assertThat(response.text("state")).isEqualTo("answered");
    assertThat(response.text("rcode")).isEqualTo(rcode);
    assertThat(response.number("latency"))
        .isCloseTo(response.number("timestamp") - query.number("timestamp"), MAX_CLOCK_DIFFERENCE);
  }

  @Test
  void everyKindOfSocketIsAttributedToItsProcess() {
    List<String> cases = List.of("connected4", "unconnected4", "threads-own", "fork-unconnected");
    String name = Docker.uniqueName();
    try (IgProcess ig = IgProcess.trace("-c", name, "-o", "json");
        Docker.Container client = startClient("--name=" + name, "--pid=host")) {
      List<String> reported =
          cases.stream()
              .map(way -> client.exec("asker", "-4", RESOLVER, way, "8").orThrow())
              .flatMap(String::lines)
              .toList();

      List<Json> events = ig.awaitEvents(2 * reported.size());

      Map<String, Truth> truth = Truth.byName(Truth.of(reported));
      assertThat(truth).hasSize(8 * cases.size());
      assertThat(events).hasSize(2 * truth.size());
      for (Json event : events) {
        assertThat(Truth.of(event)).isEqualTo(truth.get(event.text("name")));
        assertThat(event.text("attribution")).isEqualTo("exact");
        assertThat(event.text("nameserver")).isEqualTo(RESOLVER);
        assertThat(event.has("latency")).isEqualTo(event.text("qr").equals("R"));
      }
    }
  }

  @Test
  void resolverResponsesAreAnsweredOrOrphans() {
    String name = Docker.uniqueName();
    try (IgProcess ig = IgProcess.trace("--host", "-o", "json", "-F", "name:~" + name);
        Docker.Container client = startClient("--name=" + name)) {
      String forwarded = name + ".ask.example.test.";
      for (int i = 0; i < 5; i++) {
        client.exec("dig", "+short", i + "." + forwarded).orThrow();
      }
      Command.Result ownName = client.exec("nslookup", "-querytype=a", name);
      assertThat(ownName.orThrow()).contains("Address: ");

      ig.awaitEvents(rows ->
          Stream.of("0." + forwarded, "4." + forwarded, name + ".")
              .allMatch(question -> named(rows, question).stream().anyMatch(fromClient("R"))));

      List<Json> events = IgProcess.events(ig.stop().lines());
      List<Json> resolver =
          events.stream().filter(row -> "dockerd".equals(row.at("comm"))).toList();
      List<Json> answers = resolver.stream().filter(row -> isResponse(row)).toList();
      assertThat(answers).as("answers to the client").hasSizeGreaterThanOrEqualTo(6);
      for (Json answer : answers) {
        List<Json> queries =
            resolver.stream().filter(query -> isAnsweredBy(query, answer)).toList();
        assertThat(answer.text("state")).isEqualTo(queries.isEmpty() ? "orphan" : "answered");
        assertThat(answer.has("latency")).isEqualTo(!queries.isEmpty());
      }
      // ig recognizes the socket as a server's from its first answer on.
      assertThat(stateOfAnswerToClient(answers, "4." + forwarded)).isEqualTo("answered");
      assertThat(resolver).filteredOn(row -> row.text("qr").equals("T")).isEmpty();
    }
  }

  private static Predicate<Json> fromClient(String qr) {
    return row -> row.has("runtime.containerName") && row.text("qr").equals(qr);
  }

  private static boolean isResponse(Json row) {
    return row.text("qr").equals("R");
  }

  /// Same id, name and client endpoint; NAT changes the resolver's port in one of the two rows.
  private static boolean isAnsweredBy(Json query, Json answer) {
    return query.text("qr").equals("Q")
        && query.text("id").equals(answer.text("id"))
        && query.text("name").equals(answer.text("name"))
        && query.text("srcIP").equals(answer.text("dstIP"))
        && query.number("srcPort") == answer.number("dstPort");
  }

  private static String stateOfAnswerToClient(List<Json> answers, String name) {
    return named(answers, name).stream()
        .filter(answer -> answer.text("srcIP").equals(RESOLVER))
        .findFirst()
        .orElseThrow()
        .text("state");
  }

  private static List<Json> named(List<Json> events, String name) {
    return events.stream().filter(event -> event.text("name").equals(name)).toList();
  }

  private Docker.Container startClient(String... options) {
    List<String> all =
        Stream.concat(Stream.of(network.option(), "--dns=" + network.address()), Stream.of(options))
            .toList();
    return Docker.start(image, all, "sleep", "600");
  }
}

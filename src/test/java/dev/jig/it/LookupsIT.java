package dev.jig.it;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Dnsmasq;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.TcpMessages;
import dev.jig.it.ScriptedResolver.Act;
import dev.jig.it.ScriptedResolver.Clock;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// `--lookups` compared with the log of a scripted resolver: what it did, and when.
@Timeout(180)
final class LookupsIT {
  private static final String ZONE = "lookups.example.test.";
  private static final Set<Object> ANSWERS =
      Set.of("answered", "truncated", "late", "orphan", "duplicate");
  private static final int LOOKUPS_PER_WAY = 8;
  private static final long MILLISECOND_NS = 1_000_000;
  private static final long TIMEOUT_NS = 60_000_000_000L;

  /// Lookups with a latency known to a millisecond.
  private static final int CERTAIN = 40;

  private static final int ANSWER_MS = 30_000;

  @BeforeAll
  static void require() {
    Prerequisite.requireRoot();
  }

  @Test
  void statesAndCountsMatchTheScript() throws Exception {
    try (ScriptedResolver resolver = ScriptedResolver.start(0, "127.0.0.1");
        Client client = new Client(resolver.port());
        IgProcess ig = trace(resolver.port(), "--dns-timeout=3s")) {
      List<Lookup> script = new ArrayList<>();
      for (int i = 0; i < LOOKUPS_PER_WAY; i++) {
        for (Way way : Way.values()) {
          script.add(new Lookup(way.act.name(script.size(), ZONE), way));
        }
      }
      client.all(script);
      int expected = script.stream().mapToInt(lookup -> lookup.way.rows().size()).sum();

      List<Json> rows = ig.awaitEvents(expected);

      Map<String, List<String>> reported = byName(rows);
      for (Lookup lookup : script) {
        assertThat(reported.get(lookup.name))
            .as(lookup.name)
            .containsExactlyInAnyOrderElementsOf(lookup.way.rows());
        assertCounted(rowsOf(lookup, rows), resolver.clock(lookup.name));
      }
      assertThat(rows).hasSize(expected);
      long self = ProcessHandle.current().pid();
      assertThat(rows).extracting(row -> row.at("pid")).containsOnly(self);
      rows.forEach(row -> assertWithin(row, resolver, client));
      assertThat(ig.stop().err())
          .contains(expected + " lookups", " 0 lost")
          .doesNotContain("waiting")
          .doesNotContain("accounting error");
    }
  }

  private static List<Json> rowsOf(Lookup lookup, List<Json> rows) {
    return rows.stream().filter(row -> row.text("name").equals(lookup.name)).toList();
  }

  /// The rows have as many tries and answers as the resolver recorded. The try of a late row is in
  /// an earlier row.
  private static void assertCounted(List<Json> rows, Clock clock) {
    assertThat(
            rows.stream()
                .filter(row -> row.has("tries") && !row.text("state").equals("late"))
                .mapToLong(row -> row.number("tries"))
                .sum())
        .isEqualTo(clock.askedNs().size());
    assertThat(rows.stream().flatMap(LookupsIT::messages).filter(ANSWERS::contains))
        .hasSize(clock.answeredNs().size());
  }

  /// The state of each try, or the row's state if it has none.
  private static Stream<Object> messages(Json row) {
    return row.has("attempts")
        ? row.list("attempts").stream().map(attempt -> ((Map<?, ?>) attempt).get("state"))
        : Stream.of(row.text("state"));
  }

  /// A latency is at least the resolver's time and at most the client's.
  private static void assertWithin(Json row, ScriptedResolver resolver, Client client) {
    if (!row.has("latency")) {
      return;
    }
    String name = row.text("name");
    Clock clock = resolver.clock(name);
    long servedNs = clock.answeredNs().getLast() - clock.askedNs().getFirst();
    boolean twice = clock.answeredNs().size() > clock.askedNs().size();
    if (!twice) {
      assertThat(row.number("latency")).as(name).isGreaterThanOrEqualTo(servedNs);
    }
    assertThat(row.number("latency")).as(name).isLessThanOrEqualTo(client.waitedNs(name));
  }

  /// Each latency is between the resolver's time and the client's, so it is right to a millisecond
  /// where the two differ by at most that. On a busy machine they differ by more, since both
  /// processes have to be woken: the lookup is then repeated under another name.
  @Test
  void latencyMatchesTheScriptToAMillisecond(TestReporter reporter) throws Exception {
    List<Long> beyond = new ArrayList<>();
    long certain = 0;
    long deadlineNs = System.nanoTime() + TIMEOUT_NS;
    try (ScriptedResolver resolver = ScriptedResolver.startAwake("127.0.0.1");
        Client client = new Client(resolver.port());
        IgProcess ig = trace(resolver.port())) {
      while (certain < CERTAIN && System.nanoTime() < deadlineNs) {
        String name = Act.DELAY.name(beyond.size(), ZONE);
        client.run(new Lookup(name, Way.DELAYED));
        Json row = ig.awaitEvents(beyond.size() + 1).getLast();
        assertThat(row.text("name")).isEqualTo(name);
        assertWithin(row, resolver, client);
        Clock clock = resolver.clock(name);
        long servedNs = clock.answeredNs().getFirst() - clock.askedNs().getFirst();
        beyond.add(row.number("latency") - servedNs);
        certain += client.waitedNs(name) - servedNs <= MILLISECOND_NS ? 1 : 0;
      }
    }
    long within = beyond.stream().filter(ns -> ns <= MILLISECOND_NS).count();
    beyond.sort(Long::compare);
    reporter.publishEntry(
        "latency beyond the resolver's",
        "%d lookups, %d within 1 ms; median %d us, longest %d us"
            .formatted(
                beyond.size(),
                within,
                beyond.get(beyond.size() / 2) / 1_000,
                beyond.getLast() / 1_000));
    assertThat(certain).isEqualTo(CERTAIN);
    assertThat(within).isGreaterThanOrEqualTo(certain);
  }

  @Test
  void theDemoShowsSixLookups() {
    Command.Result demo =
        IgProcess.run("trace", "dns", "--demo", "--lookups", "-o", "columns=qtype,state,tries");

    assertThat(demo.exitCode()).as(demo.err()).isZero();
    assertThat(demo.lines().stream().skip(1).map(row -> row.replaceAll(" +", " ").strip()))
        .containsExactlyInAnyOrder(
            "A answered 1",
            "AAAA answered 1",
            "MX answered 1",
            "A answered 1",
            "A answered 1",
            "A timeout 1");
    assertThat(demo.err()).contains("6 lookups", " 0 lost");
  }

  /// getaddrinfo of glibc, which closes its socket and queries again from another, and of musl.
  @ParameterizedTest
  @ValueSource(strings = {"getent ahosts", "resolve"})
  void aLostAaaaQueryIsShownBesideItsAnsweredTwin(String command, @TempDir Path folder)
      throws Exception {
    Docker.require();
    String image = DockerImages.clients();
    String prefix = "fd%02x:%04x:%04x::".formatted(random(256), random(65_536), random(65_536));
    try (Docker.Network network = Docker.network("--ipv6", "--subnet=" + prefix + "/64");
        ScriptedResolver resolver = ScriptedResolver.start(53, network.hostAddress())) {
      Path resolv =
          Files.writeString(
              folder.resolve("resolv.conf"),
              "nameserver " + network.hostAddress() + "\noptions timeout:1 attempts:2\n");
      List<String> options =
          List.of("--network=" + network.name(), "--volume=" + resolv + ":/etc/resolv.conf:ro");
      try (Docker.Container container = Docker.start(image, options, "sleep", "600");
          IgProcess ig = IgProcess.trace("-c", container.name(), "--lookups", "-o", "json")) {
        String lost = Act.NOAAAA.name(1, ZONE);
        String both = Act.ANSWER.name(2, ZONE);
        container.exec((command + " " + both).split(" ", -1)).orThrow();
        container.exec((command + " " + lost).split(" ", -1));

        List<Json> rows = ig.awaitEvents(4);

        assertThat(rows)
            .extracting(row -> row.text("name"))
            .containsExactly(both, both, lost, lost);
        assertThat(rows)
            .extracting(row -> row.text("qtype"))
            .containsExactly("A", "AAAA", "A", "AAAA");
        assertThat(rows)
            .extracting(row -> row.text("state") + ", twin " + row.text("twin"))
            .containsExactly(
                "answered, twin answered",
                "answered, twin answered",
                "answered, twin closed",
                "closed, twin answered");
        assertThat(rows)
            .extracting(row -> row.text("comm"))
            .containsOnly(command.split(" ", -1)[0]);
        assertThat(rows.getLast().number("tries")).isGreaterThanOrEqualTo(2);
        assertThat(resolver.clock(lost).answeredNs()).isNotEmpty();
      }
    }
  }

  @Test
  void aLocalStubsLookupIsShownInItsClientsRow() throws Exception {
    Dnsmasq.require();
    String net = "127." + random(1, 255) + "." + random(1, 255) + ".";
    String name = Act.DELAY.name(random(1, 1_000_000_000), ZONE);
    try (ScriptedResolver resolver = ScriptedResolver.start(53, net + "2");
        Dnsmasq stub = Dnsmasq.start(net + "1", net + "2");
        IgProcess ig = IgProcess.trace("--host", "--lookups", "-o", "json", "-F", "name:" + name)) {
      Command.run("dig", "+tries=1", "+time=30", "@" + net + "1", name).orThrow();

      List<Json> rows = ig.awaitEvents(2); // of dig and of dnsmasq

      assertHop(rows, row -> row.number("pid") == stub.pid(), net + "2");
      assertThat(resolver.clock(name).askedNs()).hasSize(1);
    }
  }

  @Test
  void dockersResolversLookupIsShownAlthoughItsOwnRowsAreNotSelected() throws Exception {
    Docker.require();
    String image = DockerImages.clients();
    try (Docker.Network network = Docker.network();
        ScriptedResolver resolver = ScriptedResolver.start(53, network.hostAddress());
        Docker.Container container =
            Docker.start(
                image,
                List.of("--network=" + network.name(), "--dns=" + network.hostAddress()),
                "sleep",
                "600");
        IgProcess ig = IgProcess.trace("-c", container.name(), "--lookups", "-o", "json")) {
      String name = Act.DELAY.name(1, ZONE);
      container.exec("dig", "+tries=1", "+time=30", name).orThrow();

      Json row = ig.awaitEvents(1).getFirst();

      assertThat(row.text("nameserver")).isEqualTo("127.0.0.11");
      assertThat(row.text("peer.comm")).isEqualTo("dockerd");
      assertHop(row, network.hostAddress());
      assertThat(resolver.clock(name).askedNs()).hasSize(1);
      assertThat(ig.stop().out().lines()).hasSize(1);
    }
  }

  private static void assertHop(List<Json> rows, Predicate<Json> isOfStub, String upstream) {
    Json stubs = rows.stream().filter(isOfStub).findFirst().orElseThrow();
    Json client = rows.stream().filter(isOfStub.negate()).findFirst().orElseThrow();
    assertThat(stubs.text("nameserver")).isEqualTo(upstream);
    assertThat(client.number("hop.latency")).isEqualTo(stubs.number("latency"));
    assertThat(stubs.number("hop.took")).isLessThanOrEqualTo(stubs.number("latency"));
    assertThat(stubs.has("hop.server")).isFalse();
    assertThat(client.number("hop.took"))
        .isBetween(client.number("hop.latency"), client.number("latency"));
    assertHop(client, upstream);
  }

  private static void assertHop(Json client, String upstream) {
    assertThat(client.text("hop.server")).isEqualTo(upstream);
    assertThat(client.number("hop.latency"))
        .isGreaterThanOrEqualTo(ScriptedResolver.DELAY_MS * 1_000_000);
    assertThat(client.number("latency")).isGreaterThanOrEqualTo(client.number("hop.latency"));
  }

  private static int random(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  /// What the resolver and the client do in a lookup, and the rows that ig must show.
  private enum Way {
    ANSWERED(Act.ANSWER, "answered 1: UDP answered"),
    DROPPED(Act.DROP, "timeout 1: UDP timeout"),
    DELAYED(Act.DELAY, "answered 1: UDP answered"),
    TWICE(Act.TWICE, "answered 1: UDP answered", "duplicate 0: "),
    OVER_TCP(Act.TRUNCATE, "answered 2: UDP truncated, TCP answered"),
    LATE(Act.LATE, "timeout 1: UDP timeout", "late 1: UDP late"),
    SAME_SOCKET(Act.SECOND, "answered 2: UDP repeated, UDP answered"),
    NEXT_SOCKET(Act.SECOND, "answered 2: UDP closed, UDP answered");

    final Act act;
    private final String rows;

    Way(Act act, String... rows) {
      this.act = act;
      this.rows = String.join("\n", rows);
    }

    List<String> rows() {
      return rows.lines().toList();
    }
  }

  private record Lookup(String name, Way way) {}

  /// Sends the queries of each lookup from new sockets, which stay open until [#close].
  private static final class Client implements AutoCloseable {
    private final InetSocketAddress server;
    private final ConcurrentLinkedQueue<DatagramSocket> open = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> waitedNs = new ConcurrentHashMap<>();

    Client(int port) {
      server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    long waitedNs(String name) {
      return requireNonNull(waitedNs.get(name), name);
    }

    void all(List<Lookup> script) throws InterruptedException, ExecutionException {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> running = new ArrayList<>();
        for (Lookup lookup : script) {
          running.add(
              threads.submit(() -> {
                run(lookup);
                return true;
              }));
        }
        for (Future<?> one : running) {
          one.get();
        }
      }
    }

    void run(Lookup lookup) throws IOException {
      byte[] query = query(lookup.name);
      DatagramSocket socket = socket();
      long startNs = System.nanoTime();
      send(socket, query);
      switch (lookup.way) {
        case ANSWERED, DELAYED, LATE -> receive(socket);
        case DROPPED -> {}
        case TWICE -> {
          receive(socket);
          receive(socket);
        }
        case OVER_TCP -> {
          receive(socket);
          queryOverTcp(query(lookup.name));
        }
        case SAME_SOCKET -> {
          send(socket, query);
          receive(socket);
        }
        case NEXT_SOCKET -> {
          socket.close();
          DatagramSocket next = socket();
          send(next, query(lookup.name));
          receive(next);
        }
      }
      waitedNs.put(lookup.name, System.nanoTime() - startNs);
    }

    private static byte[] query(String name) throws IOException {
      Record question = Record.newRecord(Name.fromString(name), Type.A, DClass.IN);
      Message query = Message.newQuery(question);
      query.getHeader().setID(ThreadLocalRandom.current().nextInt(1, 0x10000));
      return query.toWire();
    }

    private DatagramSocket socket() throws SocketException {
      DatagramSocket socket = new DatagramSocket();
      open.add(socket);
      socket.connect(server);
      socket.setSoTimeout(ANSWER_MS);
      return socket;
    }

    private static void send(DatagramSocket socket, byte[] query) throws IOException {
      socket.send(new DatagramPacket(query, query.length));
    }

    private static void receive(DatagramSocket socket) throws IOException {
      socket.receive(new DatagramPacket(new byte[2048], 2048));
    }

    private void queryOverTcp(byte[] query) throws IOException {
      try (Socket stream = new Socket(server.getAddress(), server.getPort());
          DataInputStream in = new DataInputStream(stream.getInputStream())) {
        stream.getOutputStream().write(TcpMessages.framed(query));
        in.readNBytes(in.readUnsignedShort());
      }
    }

    @Override
    public void close() {
      open.forEach(DatagramSocket::close);
    }
  }

  private static IgProcess trace(int port, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--host", "--lookups", "-o", "json", "--ports=" + port));
    arguments.addAll(Arrays.asList(more));
    return IgProcess.trace(arguments.toArray(String[]::new));
  }

  /// Each name's rows as `answered 2: UDP closed, UDP answered`.
  private static Map<String, List<String>> byName(List<Json> rows) {
    return rows.stream()
        .collect(groupingBy(row -> row.text("name"), mapping(LookupsIT::reported, toList())));
  }

  private static String reported(Json row) {
    List<?> attempts = row.has("attempts") ? row.list("attempts") : List.of();
    return row.text("state")
        + " "
        + (row.has("tries") ? row.number("tries") : 0)
        + ": "
        + attempts.stream()
            .map(Map.class::cast)
            .map(attempt -> attempt.get("protocol") + " " + attempt.get("state"))
            .collect(joining(", "));
  }
}

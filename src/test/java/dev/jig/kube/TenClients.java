package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.agent.StreamBuffer;
import dev.jig.event.PacketType;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.kube.ClusterTrace.Request;
import dev.jig.kube.ClusterTrace.Request.PodSelection;
import dev.jig.trace.RowDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Ten clients of one node at once: nine with different filters, and one that does not read. Five
/// pods make a known number of lookups, which determines the rows that each must get.
///
/// | pod | namespace | container | asks |
/// |---|---|---|---|
/// | one, two | a | main | the first port |
/// | three | b | main | the second port |
/// | flood | c | main | the first port, much |
/// | dns | c | resolver | answers on both |
final class TenClients {
  static final String DNS = "dns";
  static final String FLOOD = "flood";
  static final String MAIN = "main";
  static final String RESOLVER = "resolver";

  private static final int OF_ONE = 30;
  private static final int OF_TWO = 40;
  private static final int OF_THREE = 50;

  /// Less than an agent buffers for a client: a client that reads loses nothing however slow the
  /// machine is, as it has all rows of a round before the next one.
  private static final int FLOOD_LOOKUPS = 3_000;

  /// More than an agent's buffer, the connection and a client's queue hold together.
  private static final int FLOOD_ROUNDS = 6;

  private static final int ROWS_PER_LOOKUP = 4;
  private static final long DNS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

  private static final RowDetails ROWS_ALONE = new RowDetails(false, false, false, false, false);

  /// What differs with and without a cluster.
  interface Scene {
    AgentTransport transport();

    int firstPort();

    int secondPort();

    /// The namespace's name.
    String namespace(char letter);

    /// Makes this many lookups in a pod, of `q0.load.example.test.` and so on.
    void query(String pod, int port, int queries) throws Exception;
  }

  /// The checked columns of a row.
  record Checked(String namespace, String pod, int port, Qr qr, PacketType type, String name) {
    static Checked of(Row event) {
      var pod = Objects.requireNonNull(Objects.requireNonNull(event.subject().container()).pod());
      return new Checked(
          Objects.requireNonNull(pod.namespace()),
          Objects.requireNonNull(pod.name()),
          (event.qr() == Qr.R ? event.flow().source() : event.flow().destination()).port(),
          event.qr(),
          Objects.requireNonNull(event.flow().packetType()),
          Objects.requireNonNull(event.dns().question()).name());
    }
  }

  /// A client that reads, and the rows it must get.
  private record Reader(TraceClient client, Predicate<Checked> wants) {}

  private final Scene scene;
  private final List<Reader> readers = new ArrayList<>();
  private final List<Checked> all = new ArrayList<>();

  TenClients(Scene scene) {
    this.scene = scene;
  }

  static char namespaceOf(String pod) {
    return switch (pod) {
      case "one", "two" -> 'a';
      case "three" -> 'b';
      default -> 'c';
    };
  }

  static List<String> pods() {
    return List.of("one", "two", "three", FLOOD, DNS);
  }

  static String containerOf(String pod) {
    return pod.equals(DNS) ? RESOLVER : MAIN;
  }

  /// Checks that each client gets exactly its rows, and the one that does not read a count of its
  /// lost ones.
  void run() throws Exception {
    try (TraceClient idler =
        TraceClient.startWithoutReading(
            scene.transport(),
            "the one that does not read",
            request(pods("", "", "", ""), bothPorts()))) {
      startReaders();
      idler.awaitStarted();
      for (Reader reader : readers) {
        reader.client.awaitStarted();
      }

      query("one", scene.firstPort(), OF_ONE);
      query("two", scene.firstPort(), OF_TWO);
      query("three", scene.secondPort(), OF_THREE);
      for (int round = 0; round < FLOOD_ROUNDS; round++) {
        query(FLOOD, scene.firstPort(), FLOOD_LOOKUPS);
        readers.getFirst().client.await(all.size());
      }

      for (Reader reader : readers) {
        checkRows(reader);
      }
      checkLossOfIdleClient(idler);
    } finally {
      for (Reader reader : readers) {
        reader.client.close();
      }
    }
  }

  private void startReaders() {
    String a = scene.namespace('a');
    String b = scene.namespace('b');
    String other = Integer.toString(scene.secondPort());
    String q7 = "q7.load.example.test.";
    reader(request(pods("", "", "", ""), bothPorts()), _ -> true);
    reader(request(pods(a, "", "", ""), bothPorts()), row -> row.namespace.equals(a));
    reader(request(pods(b, "", "", ""), bothPorts()), row -> row.namespace.equals(b));
    reader(request(pods("", "one", "", ""), bothPorts()), row -> row.pod.equals("one"));
    reader(request(pods(a, "two", "", ""), bothPorts()), row -> row.pod.equals("two"));
    reader(request(pods("", "", "", "app=three"), bothPorts()), row -> row.pod.equals("three"));
    reader(
        request(pods("", "", "", "app in (one, two)"), bothPorts(), "qr:R"),
        row -> Set.of("one", "two").contains(row.pod) && row.qr == Qr.R);
    reader(
        request(pods("", "", RESOLVER, ""), other),
        row -> row.pod.equals(DNS) && row.port == scene.secondPort());
    reader(
        request(pods("", "", "", ""), bothPorts(), "name:" + q7 + ",qr:Q", "type:OUTGOING"),
        row -> row.name.equals(q7) && row.type == PacketType.OUTGOING && row.qr == Qr.Q);
  }

  private void reader(Request request, Predicate<Checked> wants) {
    String title = "reader " + readers.size();
    readers.add(new Reader(TraceClient.start(scene.transport(), title, request), wants));
  }

  private static PodSelection pods(
      String namespace, String pod, String container, String selector) {
    return new PodSelection(namespace, pod, container, selector);
  }

  private static Request request(PodSelection pods, String ports, String... filters) {
    return new Request(List.of(filters), ports, DNS_TIMEOUT_NS, ROWS_ALONE, pods, Set.of());
  }

  private String bothPorts() {
    return scene.firstPort() + "," + scene.secondPort();
  }

  private void query(String pod, int port, int queries) throws Exception {
    scene.query(pod, port, queries);
    IntStream.range(0, queries)
        .mapToObj(i -> "q" + i + ".load.example.test.")
        .flatMap(name -> rows(pod, port, name))
        .forEach(all::add);
  }

  private Stream<Checked> rows(String pod, int port, String name) {
    String asking = scene.namespace(namespaceOf(pod));
    String answering = scene.namespace(namespaceOf(DNS));
    return Stream.of(
        new Checked(asking, pod, port, Qr.Q, PacketType.OUTGOING, name),
        new Checked(answering, DNS, port, Qr.Q, PacketType.HOST, name),
        new Checked(answering, DNS, port, Qr.R, PacketType.OUTGOING, name),
        new Checked(asking, pod, port, Qr.R, PacketType.HOST, name));
  }

  private void checkRows(Reader reader) throws InterruptedException {
    List<Checked> wanted = all.stream().filter(reader.wants).toList();
    reader.client.await(wanted.size());

    ClusterTrace.Summary summary = reader.client.stop();

    List<String> got = reader.client.rows().stream().map(it -> Checked.of(it).toString()).toList();
    String title = reader.client.toString();
    assertThat(summary.lost()).as("%s: %s", title, summary).isZero();
    assertThat(summary.rows()).as(title).isEqualTo(wanted.size());
    assertThat(got.stream().sorted().toList())
        .as(title)
        .isEqualTo(wanted.stream().map(Checked::toString).sorted().toList());
  }

  /// Rows and lost ones add up to all.
  private void checkLossOfIdleClient(TraceClient idler) throws InterruptedException {
    assertThat(all).hasSizeGreaterThan(ROWS_PER_LOOKUP * FLOOD_LOOKUPS * FLOOD_ROUNDS);
    idler.startReading();
    idler.await(all.size());

    ClusterTrace.Summary summary = idler.stop();

    assertThat(summary.rows() + summary.lost()).isEqualTo(all.size());
    assertThat(summary.lost()).isPositive();
    assertThat(summary.rows()).isGreaterThanOrEqualTo(StreamBuffer.MAX_EVENTS);
    assertThat(idler.messages()).doesNotContain("has sent nothing", "trying again");
  }
}

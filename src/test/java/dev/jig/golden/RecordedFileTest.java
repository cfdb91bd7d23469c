package dev.jig.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.IgInProcess;
import dev.jig.cli.OutputFormat;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.WireMessage;
import dev.jig.fixture.Json;
import dev.jig.output.RowWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

/// `--read` restores the rows that `-o pcapng` wrote.
final class RecordedFileTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final IpAddress V6 = IpAddress.v6(0x20010db800000000L, 7);
  private static final byte[] QUERY = Messages.query(0x3c1f, "example.org.", Type.A);

  @TempDir Path folder;

  static Stream<Path> captures() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files
          .filter(file -> file.toString().matches(".*\\.pcap(ng)?"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("captures")
  void restoresTheRows(Path capture) throws IOException {
    Path recorded = folder.resolve("recorded.pcapng");
    IgInProcess.runInto(recorded, new byte[0], words(capture, "-o", "pcapng"));

    IgInProcess again = read(recorded);

    assertThat(again.rows()).isEqualTo(read(capture).rows());
    assertThat(again.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("captures")
  void restoresTheLookups(Path capture) throws IOException {
    Path recorded = folder.resolve("recorded.pcapng");
    IgInProcess.runInto(recorded, new byte[0], words(capture, "-o", "pcapng"));

    assertThat(read(recorded, "--lookups").rows()).isEqualTo(read(capture, "--lookups").rows());
  }

  private static IgInProcess read(Path file, String... more) throws IOException {
    return IgInProcess.run(
        words(
            file, Stream.concat(Stream.of("-o", "json"), Stream.of(more)).toArray(String[]::new)));
  }

  private static String[] words(Path file, String... more) {
    Stream<String> fixed = Stream.of("trace", "dns", "--read", file.toString());
    return Stream.concat(fixed, Stream.of(more)).toArray(String[]::new);
  }

  private static SampleEvents.Builder query() {
    return SampleEvents.query().with(it -> it.message = message(QUERY));
  }

  private static WireMessage message(byte[] bytes) {
    return WireMessage.of(bytes, 0, bytes.length);
  }

  private static SampleEvents.Builder in(Container container, SampleEvents.Builder event) {
    return event.with(it -> it.container = container);
  }

  private static String json(List<Row> events) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = OutputFormat.json(out);
    for (Row event : events) {
      writer.writeRow(event);
    }
    writer.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static byte[] pcapng(List<Row> events) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RowWriter writer = OutputFormat.pcapng(out, "test");
    writer.begin();
    for (Row event : events) {
      writer.writeRow(event);
    }
    writer.end(null);
    writer.flush();
    return out.toByteArray();
  }

  private Path recorded(Row... events) throws IOException {
    return Files.write(folder.resolve("events.pcapng"), pcapng(List.of(events)));
  }

  @Test
  void restoresOwnersPeersAndPods() throws IOException {
    Row clientQuery =
        query()
            .with(it -> {
              // as NAT makes it of Docker's embedded resolver
              it.destination = new Endpoint(IpAddress.v4(0x7f00000b), 38_765);
              it.nameserver = IpAddress.v4(0x7f00000b);
              it.peer =
                  new Subject(
                      null,
                      null,
                      SampleEvents.owner("docke\u202er\u001b[31md"),
                      Attribution.SOCKET);
            })
            .build();
    Row unanswered =
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.flags = Flags.NONE;
              it.state = State.CLOSED;
              it.timestampNs += 5_000;
            })
            .build();
    Row inPod =
        in(
                new Container(
                    "containerd",
                    "c1",
                    "app",
                    "img",
                    "sha256:1",
                    Map.of(),
                    new Container.Pod("demo", "mypod", "u", Map.of("a", "b"), "main", true)),
                query())
            .with(it -> {
              it.node = "node-1";
              it.source = new Endpoint(V6, 4_242);
              it.destination = new Endpoint(V6, 53);
              it.nameserver = V6;
            })
            .build();

    IgInProcess run = read(recorded(clientQuery, unanswered, inPod));

    assertThat(run.rows()).isEqualTo(json(List.of(clientQuery, unanswered, inPod)));
    assertThat(run.stderr()).isEqualTo("2 packets read: 2 rows, 1 unanswered, 0 filtered\n");
  }

  /// Queries through Docker's resolver, which answers from another port than the packet was sent
  /// to; rows of both ends, of which one counts as lookup; and a closed query.
  @Test
  void assignsLookupsToTheRecordedContainers() throws IOException {
    Endpoint wire = new Endpoint(IpAddress.v4(0x7f00000b), 38_765);
    IpAddress resolver = wire.address();
    Endpoint client = new Endpoint(SampleEvents.CLIENT, 50_000);
    byte[] answer = Messages.response(0x3c1f, "example.org.", Type.A);
    List<Row> events = new ArrayList<>();
    for (PacketType type : List.of(PacketType.OUTGOING, PacketType.HOST)) {
      boolean atClient = type == PacketType.OUTGOING;
      events.add(
          query()
              .with(it -> {
                it.source = client;
                it.destination = wire;
                it.nameserver = resolver;
                it.packetType = type;
                it.container = atClient ? container("web", "11") : null;
              })
              .build());
      events.add(
          SampleEvents.response()
              .with(it -> {
                it.timestampNs += atClient ? 5_000 : 4_000;
                it.source = atClient ? new Endpoint(resolver, 53) : wire;
                it.destination = client;
                it.nameserver = resolver;
                it.packetType = atClient ? PacketType.HOST : PacketType.OUTGOING;
                it.container = atClient ? container("web", "11") : null;
                it.message = message(answer);
              })
              .build());
    }
    byte[] another = Messages.query(0x1111, "example.org.", Type.A);
    events.add(
        query()
            .with(it -> {
              it.id = 0x1111;
              it.message = message(another);
            })
            .build());
    events.add(
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.id = 0x1111;
              it.flags = Flags.NONE;
              it.state = State.CLOSED;
              it.timestampNs += 7_000;
            })
            .build());
    events.sort(Comparator.comparingLong(Row::timestampNs));

    IgInProcess run = read(recorded(events.toArray(Row[]::new)), "--lookups");

    List<Json> rows = run.rows().lines().map(Json::of).toList();
    assertThat(rows)
        .extracting(row -> row.text("runtime.containerName") + " " + row.text("state"))
        .containsExactlyInAnyOrder("web answered", "test-trace-dns closed");
    assertThat(rows).extracting(row -> row.number("tries")).containsOnly(1L);
    assertThat(rows).extracting(row -> row.text("comm")).containsOnly("isc-net-0000");
    Json answered = rows.get(rows.getFirst().has("latency") ? 0 : 1);
    assertThat(answered.number("latency")).isEqualTo(5_000);
    assertThat(run.stderr()).isEqualTo("5 packets read: 2 lookups, 0 filtered\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 65_493, 65_494, 65_513, 65_514, 65_535})
  void restoresTcpMessagesOfAnyLength(int length) throws IOException {
    List<Row> events = new ArrayList<>();
    for (IpAddress address : List.of(SampleEvents.CLIENT, V6)) {
      for (int i = 0; i < 3; i++) {
        events.add(
            query()
                .with(it -> {
                  it.protocol = Protocol.TCP;
                  it.source = new Endpoint(address, 4_242);
                  it.destination = new Endpoint(address, 53);
                  it.nameserver = address;
                  it.message = message(trailing(length));
                  it.question = length > 12 ? it.question : null;
                })
                .build());
      }
    }

    IgInProcess run = read(recorded(events.toArray(Row[]::new)));

    assertThat(run.rows()).isEqualTo(json(events));
  }

  /// A query with trailing garbage; if there is room only for a header, without question.
  private static byte[] trailing(int length) {
    byte[] bytes = Arrays.copyOf(QUERY, length);
    bytes[5] = (byte) (length > 12 ? 1 : 0);
    return bytes;
  }

  @Test
  void filtersByRecordedOwners() throws IOException {
    Row mine = query().with(it -> it.owner = SampleEvents.owner("mine")).build();
    Path file = recorded(mine, query().build());

    IgInProcess run = read(file, "-F", "comm:mine");

    assertThat(run.rows()).isEqualTo(json(List.of(mine)));
    assertThat(run.stderr()).isEqualTo("2 packets read: 1 row, 1 filtered\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-c web        | web",
        "-c web,db     | web db",
        "-c !web       | db",
        "-c web --host | web host",
        "-c nothing    | ''",
        "--host        | web db host",
        "-v            | web db host"
      })
  void selectsByRecordedContainers(String flags, String shown) throws IOException {
    Map<String, Row> events =
        Map.of(
            "web", in(container("web", "11"), query()).build(),
            "db", in(container("db", "22"), query()).build(),
            "host", query().with(it -> it.container = null).build());
    Path file = recorded(events.get("web"), events.get("db"), events.get("host"));

    IgInProcess run = read(file, flags.split(" ", -1));

    List<Row> expected =
        Stream.of(shown.split(" ", -1)).filter(events::containsKey).map(events::get).toList();
    assertThat(run.rows()).isEqualTo(json(expected));
    assertThat(run.stderr()).doesNotContain("does not apply");
  }

  private static Container container(String name, String id) {
    return new Container("docker", id, name, null, null, Map.of(), null);
  }

  @Test
  void reportsThatContainersCannotBeSelected() throws IOException {
    IgInProcess run = read(GOLDEN.resolve("aaaa.pcap"), "-c", "web");

    assertThat(run.lines()).hasSize(2);
    assertThat(run.stderr())
        .contains(
            "-c does not apply to 2 messages: only packets written by ig -o pcapng name their container.");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 5, 6, 12})
  void ignoresADamagedOptionAndShowsThePacket(int at) throws IOException {
    byte[] file = pcapng(List.of(query().build()));
    file[startOfOption(file) + at] ^= (byte) 0x80;
    Path path = Files.write(folder.resolve("damaged.pcapng"), file);

    IgInProcess run = read(path);

    assertThat(run.lines()).hasSize(1);
    assertThat(run.rows()).contains("\"name\":\"example.org.\"").doesNotContain("\"pid\"");
    assertThat(run.exitCode()).isZero();
  }

  private static int startOfOption(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1).indexOf("jig\2");
  }

  /// Options of T rows, which are complete rows.
  @Test
  void readsDamagedOptions() throws IOException {
    Row unanswered =
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.state = State.TIMEOUT;
            })
            .build();
    byte[] file = pcapng(List.of(unanswered));
    int option = startOfOption(file);
    int length = (file[option - 6] & 0xff | file[option - 5] << 8) - Integer.BYTES;
    Random random = new Random(1);
    int rows = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = file.clone();
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        damaged[option + random.nextInt(length)] = (byte) random.nextInt();
      }

      IgInProcess run = read(Files.write(folder.resolve("damaged.pcapng"), damaged));

      assertThat(run.exitCode()).isZero();
      rows += run.rows().lines().map(Json::of).toList().size();
    }
    assertThat(rows).isBetween(50, 299);
  }

  @Test
  void reportsLossesAtTheirPosition() throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    ByteArrayOutputStream pcapng = new ByteArrayOutputStream();
    List<RowWriter> writers = List.of(OutputFormat.json(json), OutputFormat.pcapng(pcapng, ""));
    for (RowWriter writer : writers) {
      writer.begin();
      writer.writeRow(query().build());
      writer.reportLost(3);
      writer.writeRow(query().build());
      writer.reportLost(4);
      writer.end(9L);
      writer.flush();
    }
    Path file = Files.write(folder.resolve("lossy.pcapng"), pcapng.toByteArray());

    IgInProcess run = read(file);

    assertThat(run.rows()).isEqualTo(json.toString(StandardCharsets.UTF_8)).contains("lost 4");
    assertThat(run.stderr())
        .isEqualTo("2 packets read: 2 rows, 0 filtered, 7 lost while it was written\n");
    assertThat(IgInProcess.run(words(file)).stderr())
        .contains("ig: lost 3 samples: the program that wrote the file was too slow.");
  }

  @Test
  void recordsARecordedFileAgain() throws IOException {
    Row event = query().build();
    Path again = folder.resolve("again.pcapng");

    IgInProcess.runInto(again, new byte[0], words(recorded(event), "-o", "pcapng"));

    assertThat(read(again).rows()).isEqualTo(json(List.of(event)));
  }
}

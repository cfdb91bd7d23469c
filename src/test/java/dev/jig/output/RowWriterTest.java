package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.OutputFormat;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flags;
import dev.jig.event.Lookup;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.fields.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class RowWriterTest {
  private static final String CONTAINER =
      "{\"runtime\":{\"runtimeName\":\"docker\",\"containerId\":\""
          + "b176".repeat(16)
          + "\",\"containerName\":\"test-trace-dns\",\"containerImageName\":"
          + "\"wbitt/network-multitool\"},\"k8s\":{},\"timestamp\":1706961906123456789,"
          + "\"type\":\"normal\",";
  private static final String PROCESS =
      "\"mountnsid\":4026533000,\"netnsid\":4026533005,\"pid\":38797,\"tid\":38798,"
          + "\"ppid\":38700,\"comm\":\"isc-net-0000\",\"pcomm\":\"sh\",\"uid\":0,\"gid\":0,";

  /// An event with every field.
  private static final Row FULL =
      SampleEvents.response()
          .with(event -> {
            event.container =
                new Container(
                    "containerd",
                    "b176",
                    "web",
                    "example/web:1",
                    "sha256:17",
                    Map.of(),
                    new Pod("shop", "web-0", "u", Map.of("b", "2", "a", "1"), "main", true));
            event.node = "node-1";
            event.owner =
                SampleEvents.owner("dig").withPaths(new Owner.Paths("/usr/bin/dig", "/root"));
            event.flags = Flags.of(true, true, true, true, true, true);
          })
          .build();

  private static final EndpointName DNS =
      new EndpointName(EndpointName.Kind.SERVICE, "kube-system", "kube-dns");
  private static final EndpointNames NAMES =
      new EndpointNames(new EndpointName(EndpointName.Kind.POD, "demo", "mypod"), DNS, DNS);

  @Test
  void writesAQueryAsOneLineOfJson() throws IOException {
    assertThat(json(SampleEvents.query().build()))
        .isEqualTo(
            CONTAINER
                + PROCESS
                + "\"srcIP\":\"192.0.2.2\",\"dstIP\":\"198.51.100.4\",\"srcPort\":43210,"
                + "\"dstPort\":53,\"protocol\":\"UDP\",\"id\":\"3c1f\",\"qr\":\"Q\","
                + "\"nameserver\":\"198.51.100.4\",\"pktType\":\"OUTGOING\",\"qtype\":\"A\","
                + "\"name\":\"example.org.\",\"flags\":{\"rd\":true},"
                + "\"attribution\":\"exact\"}\n");
  }

  @Test
  void writesAResponseAsOneLineOfJson() throws IOException {
    assertThat(json(SampleEvents.response().build()))
        .isEqualTo(
            CONTAINER
                + PROCESS
                + "\"srcIP\":\"198.51.100.4\",\"dstIP\":\"192.0.2.2\",\"srcPort\":53,"
                + "\"dstPort\":43210,\"protocol\":\"UDP\",\"id\":\"3c1f\",\"qr\":\"R\","
                + "\"nameserver\":\"198.51.100.4\",\"pktType\":\"HOST\",\"qtype\":\"A\","
                + "\"name\":\"example.org.\",\"rcode\":\"NoError\",\"latency\":18250000,"
                + "\"numAnswers\":2,\"addresses\":[\"192.0.2.104\",\"2001:db8::68\"],"
                + "\"flags\":{\"rd\":true,\"ra\":true},\"state\":\"answered\","
                + "\"attribution\":\"exact\"}\n");
  }

  @Test
  void writesAnUnansweredQueryWithoutFlagsAndLatency() throws IOException {
    Row event =
        SampleEvents.query()
            .with(e -> {
              e.qr = Qr.T;
              e.flags = Flags.NONE;
              e.state = State.TIMEOUT;
            })
            .build();

    assertThat(json(event))
        .endsWith(
            "\"qr\":\"T\",\"nameserver\":\"198.51.100.4\",\"pktType\":\"OUTGOING\","
                + "\"qtype\":\"A\",\"name\":\"example.org.\",\"state\":\"timeout\","
                + "\"attribution\":\"exact\"}\n");
  }

  private static final Cause DROPPED = new Cause("NETFILTER_DROP", Cause.Place.CLIENT);

  @Test
  void writesTheCauseBehindTheState() throws IOException {
    Row timeout =
        SampleEvents.query()
            .with(e -> {
              e.qr = Qr.T;
              e.flags = Flags.NONE;
              e.state = State.TIMEOUT;
              e.cause = DROPPED;
            })
            .build();
    Row query = SampleEvents.query().with(e -> e.cause = DROPPED).build();
    String cause =
        "\"cause\":{\"reason\":\"NETFILTER_DROP\",\"text\":\"dropped by netfilter\","
            + "\"at\":\"client\"},\"attribution\":\"exact\"}\n";

    assertThat(json(timeout)).endsWith(",\"state\":\"timeout\"," + cause);
    assertThat(json(query)).endsWith(",\"flags\":{\"rd\":true}," + cause);
    assertThat(Parsed.json(pretty(timeout, query))).isEqualTo(Parsed.json(json(timeout, query)));
    assertThat(yaml(timeout))
        .endsWith(
            """
            state: timeout
            cause:
              reason: NETFILTER_DROP
              text: "dropped by netfilter"
              at: client
            attribution: exact
            """);
  }

  @Test
  void writesTheCauseOfAnAttemptBehindItsState() throws IOException {
    Attempt attempt =
        new Attempt(17, Protocol.UDP, null, 9, AttemptState.TIMEOUT, DROPPED, 5, null, 0);
    Row row =
        SampleEvents.query()
            .with(e -> {
              e.flags = Flags.NONE;
              e.state = State.TIMEOUT;
              e.lookup = new Lookup(1, List.of(attempt), null, null, null);
            })
            .build();

    assertThat(json(row))
        .endsWith(
            "\"state\":\"timeout\",\"outcome\":\"timeout\",\"attribution\":\"exact\",\"tries\":1,\"attempts\":["
                + "{\"timestamp\":17,\"protocol\":\"UDP\",\"id\":\"0009\",\"state\":\"timeout\","
                + "\"cause\":{\"reason\":\"NETFILTER_DROP\",\"text\":\"dropped by netfilter\","
                + "\"at\":\"client\"},\"waited\":5}]}\n");
    assertThat(yaml(row))
        .endsWith(
            """
            - timestamp: 17
              protocol: UDP
              id: "0009"
              state: timeout
              cause:
                reason: NETFILTER_DROP
                text: "dropped by netfilter"
                at: client
              waited: 5
            """);
  }

  @Test
  void omitsUnknownProcessAndContainer() throws IOException {
    Row event =
        SampleEvents.query()
            .with(e -> {
              e.owner = null;
              e.container = null;
              e.attribution = Attribution.UNKNOWN;
              e.nameserver = null;
              e.packetType = null;
              e.question = null;
              e.flags = Flags.of(false, false, false, false, false, false);
            })
            .build();

    assertThat(json(event))
        .isEqualTo(
            "{\"runtime\":{},\"k8s\":{},\"timestamp\":1706961906123456789,\"type\":\"normal\","
                + "\"srcIP\":\"192.0.2.2\",\"dstIP\":\"198.51.100.4\",\"srcPort\":43210,"
                + "\"dstPort\":53,\"protocol\":\"UDP\",\"id\":\"3c1f\",\"qr\":\"Q\","
                + "\"attribution\":\"unknown\"}\n");
  }

  @Test
  void writesKeysInDocumentedOrder() throws IOException {
    Map<?, ?> object = (Map<?, ?>) Parsed.json(json(FULL)).getFirst();

    assertThat(keys(object))
        .containsExactly(
            ("runtime runtime.runtimeName runtime.containerId runtime.containerName"
                    + " runtime.containerImageName runtime.containerImageDigest"
                    + " k8s k8s.node k8s.namespace k8s.podName k8s.podLabels k8s.podLabels.a"
                    + " k8s.podLabels.b k8s.containerName k8s.hostNetwork"
                    + " timestamp type mountnsid netnsid pid tid ppid comm pcomm cwd exepath"
                    + " uid gid srcIP dstIP srcPort dstPort protocol id qr nameserver pktType"
                    + " qtype name rcode latency numAnswers addresses flags flags.aa flags.tc"
                    + " flags.rd flags.ra flags.ad flags.cd state attribution")
                .split(" "));
  }

  @Test
  void writesUserNamesOnlyForTheHost() throws IOException {
    Owner owner =
        SampleEvents.owner("dig")
            .withDetails(
                new Owner.Paths(null, null, "dig -t"),
                new Owner.Account("root", "wheel"),
                1706961906000000000L);
    Row inside = SampleEvents.query().with(event -> event.owner = owner).build();
    Row outside =
        SampleEvents.query()
            .with(event -> {
              event.owner = owner;
              event.container = null;
            })
            .build();

    String lines = json(inside, outside, inside);

    String rest = "\"starttime\":1706961906000000000,\"cmdline\":\"dig -t\",\"srcIP\"";
    assertThat(lines.lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).contains("\"gid\":0," + rest),
            line ->
                assertThat(line)
                    .contains("\"gid\":0,\"user\":\"root\",\"group\":\"wheel\"," + rest),
            line -> assertThat(line).contains("\"gid\":0," + rest));
    assertThat(Parsed.json(lines)).isEqualTo(Parsed.json(pretty(inside, outside, inside)));
  }

  @Test
  void writesThePeerWithTheMembersOfItsOwnRow() throws IOException {
    Subject process = new Subject(null, null, SampleEvents.owner("dockerd"), Attribution.SOCKET);
    Subject pod =
        new Subject(
            null, FULL.subject().container(), SampleEvents.owner("coredns"), Attribution.EXACT);
    Row ofProcess = SampleEvents.response().with(event -> event.peer = process).build();
    Row ofPod = SampleEvents.response().with(event -> event.peer = pod).build();

    String lines = json(ofProcess, ofPod, ofProcess);

    assertThat(lines.lines())
        .first()
        .asString()
        .endsWith(
            ",\"attribution\":\"exact\",\"peer\":{\"mountnsid\":4026533000,\"netnsid\":4026533005,"
                + "\"pid\":38797,\"tid\":38798,\"ppid\":38700,\"comm\":\"dockerd\",\"pcomm\":\"sh\","
                + "\"uid\":0,\"gid\":0,\"attribution\":\"socket\"}}");
    assertThat(lines.lines().skip(1))
        .first()
        .asString()
        .contains(
            "\"peer\":{\"runtime\":{\"runtimeName\":\"containerd\",",
            "\"k8s\":{\"namespace\":\"shop\",\"podName\":\"web-0\",");
    assertThat(Parsed.json(lines)).isEqualTo(Parsed.json(pretty(ofProcess, ofPod, ofProcess)));
    assertThat(lines.lines().skip(2)).first().isEqualTo(lines.lines().findFirst().orElseThrow());
  }

  @Test
  void writesPodMembers() throws IOException {
    assertThat(json(FULL))
        .contains(
            "\"k8s\":{\"node\":\"node-1\",\"namespace\":\"shop\",\"podName\":\"web-0\","
                + "\"podLabels\":{\"a\":\"1\",\"b\":\"2\"},\"containerName\":\"main\","
                + "\"hostNetwork\":true},");
  }

  @Test
  void doesNotMixUpCachedContainersAndProcesses() throws IOException {
    List<Row> events = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      int number = i * 7919 % 600;
      events.add(
          SampleEvents.query()
              .with(event -> {
                event.container =
                    number % 5 == 0
                        ? null
                        : new Container(
                            "docker", "id" + number, "c" + number, null, null, Map.of(), null);
                event.node = number % 7 == 0 ? null : "n" + number % 3;
                event.owner =
                    number % 11 == 0
                        ? null
                        : new Owner(
                            number, number, number, 0, "p" + number, 1, "sh", 2, 3, 4, null);
              })
              .build());
    }

    List<Object> objects = Parsed.json(json(events.toArray(Row[]::new)));

    for (int i = 0; i < events.size(); i++) {
      assertThat(objects.get(i)).isEqualTo(Parsed.json(pretty(events.get(i))).getFirst());
    }
  }

  @Test
  void writesAddressesAndEndpointNamesToJson() throws IOException {
    assertThat(json(SampleEvents.query().with(e -> e.endpoints = NAMES).build()))
        .contains("\"srcIP\":\"192.0.2.2\",\"dstIP\":\"198.51.100.4\",")
        .contains("\"nameserver\":\"198.51.100.4\",")
        .endsWith(
            "\"attribution\":\"exact\","
                + "\"srcEndpoint\":{\"kind\":\"pod\",\"namespace\":\"demo\",\"name\":\"mypod\"},"
                + "\"dstEndpoint\":"
                + "{\"kind\":\"svc\",\"namespace\":\"kube-system\",\"name\":\"kube-dns\"},"
                + "\"nameserverEndpoint\":"
                + "{\"kind\":\"svc\",\"namespace\":\"kube-system\",\"name\":\"kube-dns\"}}\n");
  }

  @Test
  void showsEndpointNamesInColumnsCutInTheMiddle() throws IOException {
    List<Field> fields =
        List.of(
            Field.SOURCE_IP,
            Field.DESTINATION_IP,
            Field.NAMESERVER,
            Field.SOURCE_ENDPOINT,
            Field.NAMESERVER_ENDPOINT);
    Row named = SampleEvents.query().with(e -> e.endpoints = NAMES).build();
    Row half =
        named.withFlow(named.flow().withNames(new EndpointNames(NAMES.source(), null, null)));

    assertThat(columns(fields, named, half))
        .isEqualTo(
            """
            SRCIP            DSTIP            NAMESERVER       SRCENDPOINT                    NAMESERVERENDPOINT            |
            p/demo/mypod     s/kube-s…ube-dns s/kube-s…ube-dns p/demo/mypod                   s/kube-system/kube-dns        |
            p/demo/mypod     198.51.100.4     198.51.100.4     p/demo/mypod                                                 |
            """
                .replace("|", ""));
  }

  @Test
  void indentsPrettyJsonByTwoSpaces() throws IOException {
    Row event =
        SampleEvents.response()
            .with(e -> {
              e.owner = null;
              e.container = null;
            })
            .build();

    assertThat(pretty(event))
        .isEqualTo(
            """
            {
              "runtime": {},
              "k8s": {},
              "timestamp": 1706961906123456789,
              "type": "normal",
              "srcIP": "198.51.100.4",
              "dstIP": "192.0.2.2",
              "srcPort": 53,
              "dstPort": 43210,
              "protocol": "UDP",
              "id": "3c1f",
              "qr": "R",
              "nameserver": "198.51.100.4",
              "pktType": "HOST",
              "qtype": "A",
              "name": "example.org.",
              "rcode": "NoError",
              "latency": 18250000,
              "numAnswers": 2,
              "addresses": [
                "192.0.2.104",
                "2001:db8::68"
              ],
              "flags": {
                "rd": true,
                "ra": true
              },
              "state": "answered",
              "attribution": "exact"
            }
            """);
  }

  @Test
  void writesYamlDocuments() throws IOException {
    Row event = SampleEvents.response().with(e -> e.owner = null).build();

    assertThat(yaml(event))
        .isEqualTo(
            """
            ---
            runtime:
              runtimeName: docker
              containerId: %s
              containerName: test-trace-dns
              containerImageName: wbitt/network-multitool
            k8s: {}
            timestamp: 1706961906123456789
            type: normal
            srcIP: "198.51.100.4"
            dstIP: "192.0.2.2"
            srcPort: 53
            dstPort: 43210
            protocol: UDP
            id: "3c1f"
            qr: R
            nameserver: "198.51.100.4"
            pktType: HOST
            qtype: A
            name: example.org.
            rcode: NoError
            latency: 18250000
            numAnswers: 2
            addresses:
            - "192.0.2.104"
            - "2001:db8::68"
            flags:
              rd: true
              ra: true
            state: answered
            attribution: exact
            """
                .formatted("b176".repeat(16)));
  }

  @Test
  void writesEqualContentInEveryFormat() throws IOException {
    Object json = Parsed.json(json(FULL)).getFirst();

    assertThat(Parsed.json(pretty(FULL)).getFirst()).hasToString(json.toString());
    assertThat(new Load(LoadSettings.builder().build()).loadFromString(yaml(FULL)))
        .hasToString(json.toString());
  }

  @Test
  void restoresHostileTextsAfterParsing() throws IOException {
    for (String text : HostileText.ALL) {
      Row event = hostile(text);
      String json = json(event);
      String yaml = yaml(event);

      assertThat(List.of(json, pretty(event), yaml)).allMatch(HostileText::isHarmless);
      assertThat(json).containsOnlyOnce("\n").endsWith("\n");
      assertThat(comm(Parsed.json(json).getFirst())).isEqualTo(HostileText.readBack(text));
      assertThat(comm(Parsed.json(pretty(event)).getFirst())).isEqualTo(HostileText.readBack(text));
      assertThat(comm(new Load(LoadSettings.builder().build()).loadFromString(yaml)))
          .isEqualTo(HostileText.readBack(text));
    }
  }

  @Test
  void keepsHostileTextsInOneRow() throws IOException {
    for (String text : HostileText.ALL) {
      String table = columns(List.of(Field.COMM, Field.CONTAINER_NAME), hostile(text));

      assertThat(table).matches(HostileText::isHarmless);
      assertThat(table.lines()).hasSize(2).allMatch(line -> Cells.width(line) == 47);
    }
  }

  @Test
  void writesOneHeaderAndOneLinePerEvent() throws IOException {
    assertThat(
            columns(
                List.of(Field.PID, Field.QR, Field.COMM),
                SampleEvents.query().build(),
                hostile("größe 名前")))
        .isEqualTo(
            """
            PID              QR COMM            |
            38797            Q  isc-net-0000    |
            38797            Q  größe 名前      |
            """
                .replace("|", ""));
  }

  @Test
  void reportsLossAsObjectOfTypeWarn() throws IOException {
    assertThat(lost(OutputFormat::json))
        .isEqualTo("{\"type\":\"warn\",\"message\":\"lost 3 samples\"}\n");
    assertThat(lost(OutputFormat::jsonPretty))
        .isEqualTo("{\n  \"type\": \"warn\",\n  \"message\": \"lost 3 samples\"\n}\n");
    assertThat(lost(OutputFormat::yaml))
        .isEqualTo("---\ntype: warn\nmessage: \"lost 3 samples\"\n");
    assertThat(lost(out -> OutputFormat.columns(out, ColumnLayout.configured(List.of(Field.PID)))))
        .isEmpty();
  }

  @Test
  void writesMoreThanTheBufferSize() throws IOException {
    Row[] events = new Row[500];
    for (int i = 0; i < events.length; i++) {
      int id = i;
      events[i] = SampleEvents.query().with(event -> event.id = id).build();
    }

    assertThat(json(events).lines()).hasSize(500);
    assertThat(yaml(events).lines().filter(line -> line.equals("---"))).hasSize(500);
    assertThat(columns(List.of(Field.ID, Field.NAME), events).lines()).hasSize(501);
  }

  private static Row hostile(String text) {
    return SampleEvents.query()
        .with(event -> {
          event.owner = SampleEvents.owner(text);
          event.container = SampleEvents.container(text);
        })
        .build();
  }

  private static String comm(Object object) {
    return String.valueOf(
        ((Map<?, ?>) object).containsKey("comm") ? ((Map<?, ?>) object).get("comm") : "");
  }

  private static List<String> keys(Map<?, ?> object) {
    List<String> keys = new ArrayList<>();
    new LinkedHashMap<>(object)
        .forEach((key, value) -> {
          keys.add(key.toString());
          if (value instanceof Map<?, ?> inner) {
            keys(inner).forEach(name -> keys.add(key + "." + name));
          }
        });
    return keys;
  }

  @FunctionalInterface
  private interface Opening {
    RowWriter on(OutputStream out) throws IOException;
  }

  private static String json(Row... events) throws IOException {
    return written(OutputFormat::json, events);
  }

  private static String pretty(Row... events) throws IOException {
    return written(OutputFormat::jsonPretty, events);
  }

  private static String yaml(Row... events) throws IOException {
    return written(OutputFormat::yaml, events);
  }

  private static String columns(List<Field> fields, Row... events) throws IOException {
    ColumnLayout layout = ColumnLayout.configured(fields);
    return written(out -> OutputFormat.columns(out, layout), events);
  }

  private static String written(Opening opening, Row... events) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    RowWriter writer = opening.on(bytes);
    writer.begin();
    for (Row event : events) {
      writer.writeRow(event);
    }
    writer.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String lost(Opening opening) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    RowWriter writer = opening.on(bytes);
    writer.reportLost(3);
    writer.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

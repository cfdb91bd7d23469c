package dev.jig.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.Question;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.Qr;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapngRowOptionTest {
  private static final int LIMIT = 65_531;
  private static final IpAddress V6 = IpAddress.v6(0x20010db800000001L, 0x8000000000000068L);

  /// The row as read from the packet alone, without owner.
  private static Row packetRow(Row event) {
    return new Row(
        event.timestampNs(),
        null,
        null,
        Attribution.UNKNOWN,
        event.source(),
        event.destination(),
        event.protocol(),
        null,
        null,
        event.qr(),
        event.id(),
        event.question(),
        event.flags(),
        event.rcode(),
        null,
        event.answerCount(),
        event.addresses(),
        null,
        null,
        null,
        event.message(),
        null,
        null);
  }

  private static String encode(Row event) {
    return PcapngRowOption.encode(event, LIMIT).orElseThrow();
  }

  private static PcapngRowOption decode(String text) {
    return PcapngRowOption.decode(text).orElseThrow();
  }

  private static Row roundTrip(Row event) {
    return decode(encode(event)).mergeWithPacket(packetRow(event)).orElseThrow();
  }

  @Test
  void restoresEveryComponent() throws ReflectiveOperationException {
    Row event = SampleEvents.full();
    for (RecordComponent component : Row.class.getRecordComponents()) {
      assertThat(component.getAccessor().invoke(event)).as("set here: %s", component).isNotNull();
    }

    assertThat(roundTrip(event)).isEqualTo(event);
  }

  @Test
  void restoresAbsentComponentsAsAbsent() {
    Row bare =
        SampleEvents.query()
            .with(it -> {
              it.container = null;
              it.owner = null;
              it.attribution = Attribution.UNKNOWN;
              it.packetType = null;
              it.nameserver = null;
              it.question = null;
              it.flags = null;
            })
            .build();

    assertThat(roundTrip(bare)).isEqualTo(bare);
    assertThat(encode(bare)).isEqualTo("{\"jig\":1,\"attribution\":\"UNKNOWN\"}");
  }

  @Test
  void distinguishesZeroFromAbsent() {
    Row event =
        SampleEvents.response()
            .with(it -> {
              it.latencyNs = 0L;
              it.owner = new Owner(0, 0, 0, 0, "", 0, "", 0, 0, 0, null);
            })
            .build();

    assertThat(roundTrip(event)).isEqualTo(event);
  }

  @Test
  void distinguishesUnknownLabelsFromNone() {
    for (Map<String, String> labels : Arrays.asList(null, Map.<String, String>of())) {
      Container.Pod pod = new Container.Pod("demo", "mypod", null, labels, null, false);
      Container container = new Container(null, "b1", null, null, null, Map.of(), pod);
      Row event = SampleEvents.query().with(it -> it.container = container).build();

      assertThat(roundTrip(event)).isEqualTo(event);
    }
  }

  @Test
  void restoresATRowWithoutAPacket() {
    Row unanswered =
        SampleEvents.query()
            .with(it -> {
              it.qr = Qr.T;
              it.container = SampleEvents.POD;
              it.owner = SampleEvents.OWNER;
              it.source = new Endpoint(V6, 43210);
              it.question = new Question("\\007.example.org.", 65_280);
              it.flags = null;
              it.state = State.CLOSED;
              it.node = "node-1";
            })
            .build();

    String text = encode(unanswered);

    assertThat(decode(text).standalone()).contains(unanswered);
  }

  @Test
  void writesPrintableAscii() {
    assertThat(encode(SampleEvents.full())).matches("[ -~]+").contains("\\u001B", "\\uD83D");
  }

  /// The format of version 1, which must stay readable.
  @Test
  void readsAndWritesVersion1() {
    String text =
        "{\"jig\":1,\"container\":{\"runtime\":\"docker\",\"id\":\"b176\",\"name\":\"web\","
            + "\"labels\":{\"a\":\"1\"}},\"owner\":{\"pid\":38797,\"tid\":38798,\"comm\":\"dig\","
            + "\"ppid\":38700,\"pcomm\":\"sh\",\"mountNs\":4026533000,\"netNs\":4026533005,"
            + "\"startBootNs\":77},\"attribution\":\"EXACT\",\"packetType\":\"HOST\","
            + "\"nameserver\":\"198.51.100.4\",\"latencyNs\":18250000,\"state\":\"ANSWERED\"}";
    Row event =
        SampleEvents.response()
            .with(it -> {
              it.container =
                  new Container("docker", "b176", "web", null, null, Map.of("a", "1"), null);
              it.owner =
                  new Owner(
                      38797, 38798, 0, 0, "dig", 38700, "sh", 4026533000L, 4026533005L, 77, null);
            })
            .build();

    assertThat(decode(text).mergeWithPacket(packetRow(event))).contains(event);
    assertThat(encode(event)).isEqualTo(text);
  }

  @Test
  void packetDataTakesPrecedence() {
    Row event = SampleEvents.full();
    Row shifted =
        SampleEvents.query().with(it -> it.timestampNs = 5).build(); // as by editcap -t

    Row restored = decode(encode(event)).mergeWithPacket(packetRow(shifted)).orElseThrow();

    assertThat(restored.timestampNs()).isEqualTo(5);
    assertThat(restored.source()).isEqualTo(shifted.source());
    assertThat(restored.qr()).isEqualTo(Qr.Q);
    assertThat(restored.owner()).isEqualTo(SampleEvents.OWNER);
  }

  @Test
  void omitsLabelsIfTheTextIsTooLong() {
    Map<String, String> labels =
        IntStream.range(0, 1000)
            .boxed()
            .collect(Collectors.toMap(i -> "label-" + i, i -> "x".repeat(70)));
    Row event =
        SampleEvents.query()
            .with(it -> it.container = new Container(null, "b1", "web", null, null, labels, null))
            .build();

    Row restored = roundTrip(event);

    assertThat(restored)
        .isEqualTo(
            event.withContainer(new Container(null, "b1", "web", null, null, Map.of(), null)));
  }

  @Test
  void isEmptyIfTheTextIsTooLongWithoutLabels() {
    assertThat(PcapngRowOption.encode(SampleEvents.full(), 100)).isEmpty();
  }

  @Test
  void skipsUnknownMembers() {
    String text = "{\"jig\":1,\"attribution\":\"SOCKET\",\"later\":{\"a\":[1,{}]},\"node\":\"n\"}";

    assertThat(decode(text).mergeWithPacket(SampleEvents.full()).orElseThrow().node())
        .isEqualTo("n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"jig\":2}",
        "{\"jig\":\"1\"}",
        "{\"attribution\":\"EXACT\",\"jig\":1}",
        "{\"jig\":1",
        "{\"jig\":1,\"attribution\":\"CERTAIN\"}",
        "{\"jig\":1,\"attribution\":1}",
        "{\"jig\":1,\"attribution\":{}}",
        "{\"jig\":1,\"latencyNs\":\"5\"}",
        "{\"jig\":1,\"latencyNs\":99999999999999999999}",
        "{\"jig\":1,\"latencyNs\":1.5}",
        "{\"jig\":1,\"nameserver\":\"www.example.org\"}",
        "{\"jig\":1,\"nameserver\":\"\"}",
        "{\"jig\":1,\"nameserver\":\"1.2.3\"}",
        "{\"jig\":1,\"container\":[]}",
        "{\"jig\":1,\"container\":{\"name\":\"without id\"}}",
        "{\"jig\":1,\"container\":{\"id\":\"1\",\"labels\":{\"a\":1}}}",
        "{\"jig\":1,\"container\":{\"id\":\"1\",\"labels\":{\"a\":null}}}",
        "{\"jig\":1,\"owner\":{\"pid\":1}}",
        "{\"jig\":1,\"owner\":{\"pid\":2147483648,\"comm\":\"a\",\"pcomm\":\"b\"}}",
        "{\"jig\":1,\"addresses\":[null]}",
        "{\"jig\":1,\"addresses\":[\"192.0.2.1\"",
      })
  void rejectsForeignAndDamagedTexts(String text) {
    assertThat(PcapngRowOption.decode(text)).isEmpty();
  }

  @Test
  void requiresMandatoryComponents() {
    PcapngRowOption option = decode("{\"jig\":1,\"node\":\"n\"}");

    assertThat(option.mergeWithPacket(SampleEvents.full())).isEmpty();
    assertThat(option.standalone()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"id\":65535,\"qr\":\"Q\"",
        "\"id\":65536,\"qr\":\"T\"",
        "\"id\":-1,\"qr\":\"T\"",
        "\"id\":1,\"qr\":\"T\",\"rcode\":0",
        "\"id\":1,\"qr\":\"T\",\"question\":{\"name\":\".\",\"type\":65536}",
        "\"id\":1"
      })
  void onlyValidTRowsAreStandalone(String members) {
    String ends =
        ",\"source\":{\"address\":\"192.0.2.1\",\"port\":1},"
            + "\"destination\":{\"address\":\"192.0.2.2\",\"port\":53}";
    String text = "{\"jig\":1,\"attribution\":\"EXACT\",\"protocol\":\"UDP\"" + ends + ",%s}";

    assertThat(decode(text.formatted("\"id\":65535,\"qr\":\"T\"")).standalone()).isPresent();
    assertThat(decode(text.formatted(members)).standalone()).isEmpty();
  }
}

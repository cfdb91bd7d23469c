package dev.jig.output.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Attribution;
import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Question;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the fast JSON writer with the general one.
final class JsonLinesDocumentTest {
  private static final SerializedString KEY = new SerializedString("key");

  static Stream<Row> events() {
    List<Consumer<SampleEvents.Builder>> changes = new ArrayList<>();
    changes.add(b -> {});
    changes.add(b -> b.owner = null);
    changes.add(b -> b.container = null);
    changes.add(b -> b.nameserver = null);
    changes.add(b -> b.packetType = null);
    changes.add(b -> b.question = null);
    changes.add(b -> b.question = new Question("", 65280));
    changes.add(b -> b.flags = null);
    changes.add(b -> b.flags = Flags.of(false, false, false, false, false, false));
    changes.add(b -> b.rcode = 23);
    changes.add(b -> b.latencyNs = 0L);
    changes.add(b -> b.answerCount = 0);
    changes.add(b -> b.id = 0xa);
    changes.add(b -> b.protocol = Protocol.TCP);
    changes.add(b -> b.source = new Endpoint(IpAddress.v6(0x20010db800000000L, 1), 0));
    changes.add(b -> b.question = new Question("a\\\\b\\\"c\\027.", 255));
    changes.add(b -> b.owner = SampleEvents.owner("\u001b]0;x\u0007\"\\ü\ud83d\ude00"));
    EndpointName service = new EndpointName(EndpointName.Kind.SERVICE, "kube-system", "kube-dns");
    EndpointName pod = new EndpointName(EndpointName.Kind.POD, "demo", "mypod");
    changes.add(b -> b.endpoints = new EndpointNames(pod, service, service));
    changes.add(b -> b.endpoints = new EndpointNames(null, pod, null));
    for (State state : State.values()) {
      changes.add(b -> b.state = state);
    }
    for (Attribution attribution : Attribution.values()) {
      changes.add(b -> b.attribution = attribution);
    }
    for (PacketType type : PacketType.values()) {
      changes.add(b -> b.packetType = type);
    }
    for (Qr qr : Qr.values()) {
      changes.add(b -> b.qr = qr);
    }
    for (int i = 0; i < 64; i++) {
      int bits = i;
      changes.add(b ->
          b.flags =
              Flags.of(
                  (bits & 1) != 0,
                  (bits & 2) != 0,
                  (bits & 4) != 0,
                  (bits & 8) != 0,
                  (bits & 16) != 0,
                  (bits & 32) != 0));
    }
    return changes.stream()
        .flatMap(change ->
            Stream.of(SampleEvents.query(), SampleEvents.response())
                .map(builder -> {
                  change.accept(builder);
                  return builder.build();
                }));
  }

  @ParameterizedTest
  @MethodSource("events")
  void writesTheSameAsDocumentWriter(Row event) throws IOException {
    ByteArrayOutputStream general = new ByteArrayOutputStream();
    JsonDocument document = JsonDocument.compact(general);
    new DocumentWriter(document).writeRow(event);
    document.flush();

    ByteArrayOutputStream fast = new ByteArrayOutputStream();
    JsonLinesWriter lines = new JsonLinesWriter(fast);
    lines.writeRow(event);
    lines.flush();

    assertThat(fast.toString(UTF_8)).isEqualTo(general.toString(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 9, 10, 99, 100, 999_999_999_999_999_999L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void writesNumbers(long number) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonLinesDocument line = new JsonLinesDocument(bytes);

    line.begin();
    line.writeNumber(KEY, number);
    line.end();
    line.flush();

    assertThat(bytes.toString(UTF_8)).isEqualTo("{\"key\":" + number + "}\n");
  }

  @Test
  void writesLinesLongerThanTheBuffer() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonLinesDocument line = new JsonLinesDocument(bytes);
    String name = "x".repeat(200_000);

    line.begin();
    line.writeAsciiList(KEY, List.of(name, name));
    line.writeText(KEY, name + "\n");
    line.end();
    line.flush();

    assertThat(bytes.toString(UTF_8))
        .isEqualTo(
            "{\"key\":[\"" + name + "\",\"" + name + "\"],\"key\":\"" + name + "\\u000a\"}\n");
  }
}

package dev.jig.output.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Endpoint;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flags;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.WireMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

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
    changes.add(b -> b.flags = Flags.NONE);
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
    for (Cause.Place place : Cause.Place.values()) {
      Cause cause = new Cause("NO_SOCKET", place);
      changes.add(b -> {
        b.qr = Qr.T;
        b.cause = cause;
      });
      Attempt attempt =
          new Attempt(1, Protocol.UDP, null, 2, AttemptState.TIMEOUT, cause, 3, null, 0);
      changes.add(b -> {
        b.cause = cause;
        b.lookup = new Lookup(1, List.of(attempt, attempt), null, null, null);
      });
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

  /// Messages around the bounds of what is written straight from the bytes.
  static Stream<Row> messages() throws IOException {
    Name name = Name.fromConstantString("Www.example.org.");
    List<Message> messages = new ArrayList<>();
    for (int variant = 0; variant < 16; variant++) {
      Message message = new Message(7);
      message.getHeader().setFlag(org.xbill.DNS.Flags.QR);
      message.addRecord(Record.newRecord(name, Type.A, DClass.IN), Section.QUESTION);
      addAnswers(message, name, variant);
      messages.add(message);
    }
    List<Row> rows = new ArrayList<>();
    for (Message message : messages) {
      byte[] wire = message.toWire();
      for (int length : List.of(wire.length, wire.length - 1, 12, 11)) {
        rows.add(row(wire, length, 53));
      }
      rows.add(row(wire, wire.length, 5353));
      rows.add(row(wire, wire.length, 5355));
      for (int at = 0; at < wire.length; at++) {
        byte[] changed = wire.clone();
        changed[at] ^= (byte) (1 << at % 8);
        rows.add(row(changed, wire.length, 53));
      }
    }
    return rows.stream();
  }

  private static void addAnswers(Message message, Name name, int variant) throws IOException {
    InetAddress v4 = InetAddress.ofLiteral("192.0.2.80");
    InetAddress v6 = InetAddress.ofLiteral("2001:db8::80");
    Name other = Name.fromConstantString("other.example.org.");
    if ((variant & 1) != 0) {
      message.addRecord(new ARecord(name, DClass.IN, 300, v4), Section.ANSWER);
    }
    if ((variant & 2) != 0) {
      message.addRecord(new AAAARecord(name, DClass.IN, 0, v6), Section.ANSWER);
    }
    if ((variant & 4) != 0) {
      message.addRecord(new OPTRecord(1232, 0, 0, variant == 4 ? 0x8000 : 0), Section.ADDITIONAL);
    }
    switch (variant) {
      case 8 -> message.addRecord(new CNAMERecord(name, DClass.IN, 5, other), Section.ANSWER);
      case 9 -> message.addRecord(new ARecord(other, DClass.IN, 5, v4), Section.ANSWER);
      case 10 -> message.addRecord(new ARecord(name, DClass.CH, 5, v4), Section.ANSWER);
      case 11 -> message.addRecord(new ARecord(other, DClass.IN, 5, v4), Section.AUTHORITY);
      case 13 -> message.addRecord(new OPTRecord(1232, 0, 1, 0), Section.ADDITIONAL);
      case 14 -> message.getHeader().setOpcode(Opcode.NOTIFY);
      default -> {}
    }
  }

  /// The row as the pipeline makes it of the first bytes of a message.
  private static Row row(byte[] wire, int length, int port) {
    DnsMessage read = new DnsMessage();
    read.wrap(wire, 0, length);
    return SampleEvents.response()
        .with(it -> {
          it.source = new Endpoint(SampleEvents.RESOLVER, port);
          it.question =
              read.hasQuestion() ? new Question(read.questionName(), read.questionType()) : null;
          it.addresses =
              IntStream.range(0, read.addressCount())
                  .mapToObj(i ->
                      IpAddress.of(read.buffer(), read.addressOffset(i), read.addressLength(i)))
                  .toList();
          it.message = WireMessage.of(wire, 0, length);
        })
        .build();
  }

  @ParameterizedTest
  @MethodSource({"events", "messages"})
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

  /// Of rows that differ only in their cause, each has its own.
  @Test
  void doesNotMixUpCachedCauses() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String reason : List.of("NO_SOCKET", "NETFILTER_DROP", "UDP_CSUM")) {
      for (Cause.Place place : Cause.Place.values()) {
        rows.add(SampleEvents.query().with(it -> it.cause = new Cause(reason, place)).build());
        rows.add(SampleEvents.query().build());
      }
    }
    ByteArrayOutputStream general = new ByteArrayOutputStream();
    JsonDocument document = JsonDocument.compact(general);
    DocumentWriter slow = new DocumentWriter(document);
    ByteArrayOutputStream fast = new ByteArrayOutputStream();
    JsonLinesWriter lines = new JsonLinesWriter(fast);
    for (int i = 0; i < 3 * rows.size(); i++) {
      slow.writeRow(rows.get(i % rows.size()));
      lines.writeRow(rows.get(i % rows.size()));
    }
    document.flush();
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

package dev.jig.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Flow;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.wire.proto.RowProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PcapngRowOptionTest {
  private static final int LIMIT = 65_531;
  private static final ByteString FIVE_BYTES = ByteString.copyFromUtf8("12345");

  private final PcapngOptionWriter writer = new PcapngOptionWriter(LIMIT);
  private final PcapngOptionReader reader = new PcapngOptionReader();

  /// The row as read from the packet alone.
  private static Row packetRow(Row row) {
    Flow flow = row.flow();
    Flow headers = new Flow(flow.source(), flow.destination(), flow.protocol(), null, null);
    return switch (row) {
      case Query(var timeNs, _, _, var dns, _, _) ->
          new Query(timeNs, Subject.UNKNOWN, headers, dns, null, null);
      case Response(var timeNs, _, _, var dns, _, _, _) ->
          new Response(timeNs, Subject.UNKNOWN, headers, dns, State.ORPHAN, Row.NO_LATENCY, null);
      case Timeout _, LookupRow _, NameRow _ ->
          throw new IllegalArgumentException("no row of a packet");
    };
  }

  private byte[] encode(Row row) {
    ByteBuffer option = Objects.requireNonNull(writer.encode(row));
    byte[] bytes = new byte[option.remaining()];
    option.get(bytes);
    return bytes;
  }

  private PcapngRowOption decode(byte[] bytes) {
    return Objects.requireNonNull(reader.decode(bytes));
  }

  private Row roundTrip(Row row) {
    return decode(encode(row)).mergeWithPacket(packetRow(row));
  }

  @Test
  void restoresEveryComponent() {
    assertThat(roundTrip(RowSamples.QUERY)).isEqualTo(RowSamples.QUERY);
    assertThat(roundTrip(RowSamples.RESPONSE)).isEqualTo(RowSamples.RESPONSE);
    assertThat(decode(encode(RowSamples.TIMEOUT)).standalone()).contains(RowSamples.TIMEOUT);
  }

  /// A response has no cause, but its option is from any file.
  @Test
  void ignoresTheCauseOfAResponse() {
    Row restored = decode(encode(RowSamples.QUERY)).mergeWithPacket(packetRow(RowSamples.RESPONSE));

    assertThat(restored.cause()).isNull();
  }

  @Test
  void restoresAbsentComponentsAsAbsent() {
    for (Row row : RowSamples.bare()) {
      if (row instanceof Timeout timeout) {
        assertThat(decode(encode(row)).standalone()).contains(timeout);
      } else {
        assertThat(roundTrip(row)).isEqualTo(row);
      }
    }
  }

  @Test
  void distinguishesZeroFromAbsent() {
    Row row = RowSamples.response(State.ANSWERED, 0);

    assertThat(roundTrip(row)).isEqualTo(row);
  }

  /// Options of many rows, in which subjects alternate.
  @Test
  void eachOptionIsCompleteByItself() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      Container container = SampleEvents.container("container-" + i % 400);
      Subject subject =
          new Subject(null, container, RowSamples.owner(i % 1_500), Attribution.SOCKET);
      rows.add(RowSamples.withSubject(i % 5 == 0 ? Subject.UNKNOWN : subject));
    }

    for (Row row : rows) {
      PcapngRowOption option = Objects.requireNonNull(new PcapngOptionReader().decode(encode(row)));
      assertThat(option.mergeWithPacket(packetRow(row))).isEqualTo(row);
    }
  }

  @Test
  void rowsShareSubjects() {
    Row first = roundTrip(RowSamples.QUERY);
    Row second = roundTrip(RowSamples.RESPONSE);

    assertThat(second.subject()).isSameAs(first.subject());
    assertThat(second.peer()).isSameAs(first.peer());
  }

  /// The format of version 2, which must stay readable.
  @Test
  void readsAndWritesVersion2() {
    String hex =
        "6a696702" // magic
            + "0a1d" // container
            + "0a06646f636b6572" // runtime: docker
            + "120462313736" // id: b176
            + "1a03776562" // name: web
            + "32080a060a0161120131" // labels: a=1
            + "1228" // subject
            + "0801" // container 1
            + "1222" // owner
            + "088daf02108daf02" // pid and tid: 38797
            + "2a0a636f6d6d2d3338373937" // comm
            + "30013a04696e6974" // ppid: 1, pcomm: init
            + "40014802504d" // namespaces, start
            + "1801" // attribution: exact
            + "2213" // row
            + "1801" // subject 1
            + "2a0820012a04c6336404" // packet type: HOST, nameserver
            + "3801" // state: answered
            + "4090f2d908"; // latency
    Row row =
        SampleEvents.response()
            .with(it -> {
              it.container =
                  new Container("docker", "b176", "web", null, null, Map.of("a", "1"), null);
              it.owner = RowSamples.owner(38_797);
            })
            .build();

    assertThat(HexFormat.of().formatHex(encode(row))).isEqualTo(hex);
    assertThat(decode(HexFormat.of().parseHex(hex)).mergeWithPacket(packetRow(row))).isEqualTo(row);
  }

  @Test
  void packetDataTakesPrecedence() {
    Row shifted = SampleEvents.query().with(it -> it.timestampNs = 5).build(); // editcap -t

    Row restored = decode(encode(RowSamples.RESPONSE)).mergeWithPacket(packetRow(shifted));

    assertThat(restored)
        .isInstanceOf(Query.class)
        .returns(5L, Row::timestampNs)
        .returns(shifted.dns(), Row::dns)
        .returns(RowSamples.RESPONSE.subject(), Row::subject);
    assertThat(restored.flow().source()).isEqualTo(shifted.flow().source());
  }

  @Test
  void aResponseHasNoStateOfAnUnansweredQuery() {
    Row restored =
        decode(encode(RowSamples.TIMEOUT)).mergeWithPacket(packetRow(RowSamples.RESPONSE));

    assertThat(restored.state()).isEqualTo(State.ORPHAN);
  }

  @Test
  void omitsLabelsOfALargeContainer() {
    Map<String, String> labels =
        IntStream.range(0, 1000)
            .boxed()
            .collect(Collectors.toMap(i -> "label-" + i, i -> "x".repeat(70)));
    Container.Pod pod = new Container.Pod("demo", "mypod", null, labels, null, false);
    Container large = new Container(null, "b1", "web", null, null, labels, pod);
    Row row =
        SampleEvents.query()
            .with(it -> {
              it.container = large;
              it.peer = Subject.of(large);
            })
            .build();

    Row restored = roundTrip(row);

    Container.Pod bare = new Container.Pod("demo", "mypod", null, null, null, false);
    Container expected = new Container(null, "b1", "web", null, null, Map.of(), bare);
    assertThat(restored.subject()).isEqualTo(row.subject().withContainer(expected));
    assertThat(restored.peer()).isEqualTo(Subject.of(expected));
  }

  @Test
  void isAbsentIfTheOptionWouldBeTooLong() {
    assertThat(new PcapngOptionWriter(100).encode(RowSamples.QUERY)).isNull();
  }

  @Test
  void refusesLookups() {
    assertThatThrownBy(() -> writer.encode(RowSamples.LOOKUP))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "j", "jig", "jig\1", "{\"jig\":1}", "jig\2", "jig\2x", "JIG\2"})
  void rejectsForeignBytes(String text) {
    assertThat(reader.decode(text.getBytes(UTF_8))).isNull();
  }

  static List<Consumer<RowProto.RowBatch.Builder>> invalidChanges() {
    return List.of(
        batch -> batch.clearRows(),
        batch -> batch.addRows(batch.getRows(0)),
        batch -> batch.addSubjects(batch.getSubjects(0)).addSubjects(batch.getSubjects(0)),
        batch -> batch.addContainers(batch.getContainers(0)).addContainers(batch.getContainers(0)),
        batch -> batch.addNames(batch.getNames(0)).addNames(batch.getNames(0)),
        batch -> batch.clearSubjects(),
        batch -> batch.clearContainers(),
        batch -> batch.setRows(0, row(batch).setKindValue(99)),
        batch -> batch.setRows(0, row(batch).setState(RowProto.State.STATE_LATE)),
        batch -> batch.setRows(0, row(batch).setCause(RowProto.Cause.newBuilder())),
        batch -> batch.setRows(0, row(batch).setDns(row(batch).getDns().toBuilder().setId(-1))),
        batch -> batch.setRows(0, row(batch).setFlow(flow(batch).clearDestination())),
        batch -> batch.setRows(0, row(batch).setFlow(flow(batch).setNameserver(FIVE_BYTES))));
  }

  private static RowProto.Row.Builder row(RowProto.RowBatch.Builder batch) {
    return batch.getRows(0).toBuilder();
  }

  private static RowProto.Flow.Builder flow(RowProto.RowBatch.Builder batch) {
    return batch.getRows(0).getFlow().toBuilder();
  }

  @ParameterizedTest
  @MethodSource("invalidChanges")
  void rejectsInvalidRows(Consumer<RowProto.RowBatch.Builder> change)
      throws InvalidProtocolBufferException {
    byte[] bytes = encode(RowSamples.TIMEOUT);
    int magic = PcapngOptionWriter.MAGIC.length;
    RowProto.RowBatch.Builder batch =
        RowProto.RowBatch.parser().parseFrom(bytes, magic, bytes.length - magic).toBuilder();
    change.accept(batch);
    ByteString invalid =
        ByteString.copyFrom(PcapngOptionWriter.MAGIC).concat(batch.build().toByteString());

    assertThat(reader.decode(invalid.toByteArray())).isNull();
  }

  @Test
  void onlyTRowsAreStandalone() {
    byte[] query = new RowEncoder().encode(List.of(RowSamples.QUERY));
    byte[] option = Arrays.copyOf(PcapngOptionWriter.MAGIC, 4 + query.length);
    System.arraycopy(query, 0, option, 4, query.length);

    assertThat(decode(option).standalone()).isEmpty();
    assertThat(decode(encode(RowSamples.QUERY)).standalone()).isEmpty();
  }

  @Test
  void damagedBytesNeverThrow() {
    Random random = new Random(1);
    int rejected = 0;
    for (int i = 0; i < 30_000; i++) {
      Row row = RowSamples.FULL.get(i % 3);
      PcapngRowOption option = reader.decode(Damage.of(encode(row), random));
      if (option == null) {
        rejected++;
      } else {
        option.mergeWithPacket(packetRow(RowSamples.QUERY));
        option.mergeWithPacket(packetRow(RowSamples.RESPONSE));
      }
    }
    assertThat(rejected).isBetween(1_000, 29_999);
  }
}

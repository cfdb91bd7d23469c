package dev.jig.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flow;
import dev.jig.event.Lookup;
import dev.jig.event.LookupRow;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.WireMessage;
import dev.jig.wire.proto.RowProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowCodecTest {
  private final RowEncoder encoder = new RowEncoder();
  private final RowDecoder decoder = new RowDecoder(null);

  private List<Row> roundTrip(List<Row> rows) throws InvalidProtocolBufferException {
    return decoder.decode(ByteString.copyFrom(encoder.encode(rows)));
  }

  private static RowProto.RowBatch encoded(Row... rows) throws InvalidProtocolBufferException {
    return RowProto.RowBatch.parseFrom(new RowEncoder().encode(List.of(rows)));
  }

  @Test
  void restoresEveryComponentOfEveryType()
      throws ReflectiveOperationException, InvalidProtocolBufferException {
    List<Class<?>> types = RowSamples.FULL.stream().<Class<?>>map(Object::getClass).toList();
    assertThat(types).containsExactlyInAnyOrder(Row.class.getPermittedSubclasses());
    for (Row row : RowSamples.FULL) {
      RowSamples.assertEveryComponentIsSet(row, row.getClass().getSimpleName());
    }

    assertThat(roundTrip(RowSamples.FULL)).isEqualTo(RowSamples.FULL);
  }

  @Test
  void restoresAbsentComponentsAsAbsent() throws InvalidProtocolBufferException {
    List<Row> bare = RowSamples.bare();

    assertThat(roundTrip(bare)).isEqualTo(bare);
    assertThat(encoded(bare.getFirst()).getSubjectsCount()).isZero();
  }

  @Test
  void restoresEveryEnumConstant() throws InvalidProtocolBufferException {
    List<Row> rows = new ArrayList<>();
    for (State state : State.values()) {
      boolean answer = state.isOfResponse();
      rows.add(answer ? RowSamples.response(state, 1) : RowSamples.timeout(state));
    }
    for (Attribution attribution : Attribution.values()) {
      rows.add(
          RowSamples.withSubject(
              new Subject("n", SampleEvents.POD, SampleEvents.OWNER, attribution)));
    }
    Flow flow = RowSamples.QUERY.flow();
    for (Protocol protocol : Protocol.values()) {
      for (PacketType type : PacketType.values()) {
        rows.add(
            RowSamples.QUERY.withFlow(
                new Flow(flow.source(), flow.destination(), protocol, type, null)));
      }
    }
    for (Cause.Place place : Cause.Place.values()) {
      rows.add(RowSamples.QUERY.withCause(new Cause("X_1", place)));
    }
    rows.add(
        lookup(
            Arrays.stream(AttemptState.values())
                .map(state -> new Attempt(1, Protocol.UDP, null, 0, state, null, 0, null, 0))
                .toList()));

    assertThat(roundTrip(rows)).isEqualTo(rows);
  }

  private static LookupRow lookup(List<Attempt> attempts) {
    return new LookupRow(
        1,
        Subject.UNKNOWN,
        RowSamples.LOOKUP.flow(),
        RowSamples.LOOKUP.dns(),
        State.TIMEOUT,
        null,
        Row.NO_LATENCY,
        null,
        new Lookup(7, attempts, null, new Lookup.Upstream(null, null, null), null));
  }

  @Test
  void distinguishesZeroFromAbsent() throws InvalidProtocolBufferException {
    List<Row> rows =
        List.of(
            RowSamples.response(State.ANSWERED, 0),
            RowSamples.response(State.ANSWERED, -1),
            lookup(
                List.of(new Attempt(0, Protocol.TCP, null, 0, AttemptState.LATE, null, 0, 0, 0))),
            RowSamples.withSubject(new Subject(null, null, RowSamples.owner(0), Attribution.EXACT)),
            RowSamples.withSubject(Subject.of(new Container("", "", "", "", "", Map.of(), null))));

    assertThat(roundTrip(rows)).isEqualTo(rows);
  }

  @Test
  void distinguishesUnknownLabelsFromNone() throws InvalidProtocolBufferException {
    for (Map<String, String> labels : Arrays.asList(null, Map.<String, String>of())) {
      Container.Pod pod = new Container.Pod("demo", "mypod", null, labels, null, false);
      Container container = new Container(null, "b1", null, null, null, Map.of(), pod);
      List<Row> rows = List.of(RowSamples.withSubject(RowSamples.inContainer(container)));

      assertThat(roundTrip(rows)).isEqualTo(rows);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 127, 128, 129, 5_000, 16_383, 16_384, 65_535, 3_000_000})
  void restoresMessagesOfAnyLength(int length) throws InvalidProtocolBufferException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    Row row =
        SampleEvents.response().with(it -> it.message = WireMessage.of(bytes, 0, length)).build();

    assertThat(roundTrip(List.of(row, row))).containsExactly(row, row);
  }

  @Test
  void encodesSharedPartsOncePerBatch() throws InvalidProtocolBufferException {
    EndpointName client = new EndpointName(EndpointName.Kind.POD, "demo", "mypod");
    Row oneName =
        RowSamples.QUERY.withFlow(
            RowSamples.QUERY.flow().withNames(new EndpointNames(null, client, null)));

    RowProto.RowBatch batch = encoded(RowSamples.QUERY, RowSamples.RESPONSE, oneName);

    assertThat(batch.getRowsCount()).isEqualTo(3);
    assertThat(batch.getContainersCount()).isEqualTo(2); // its own and its peer's
    assertThat(batch.getSubjectsCount()).isEqualTo(2);
    assertThat(batch.getNamesCount()).isEqualTo(2);
  }

  /// More subjects than the encoder has slots for, in batches that begin within them.
  @Test
  void restoresAnyNumberOfSubjects() throws InvalidProtocolBufferException {
    List<Row> rows =
        IntStream.range(0, 5_000)
            .mapToObj(i -> {
              Container container = SampleEvents.container("container-" + i % 700);
              return RowSamples.withSubject(
                  new Subject(null, container, RowSamples.owner(i), Attribution.SOCKET));
            })
            .toList();

    for (List<Row> batch : List.of(rows, rows.subList(4_000, 5_000), rows.subList(0, 1), rows)) {
      assertThat(roundTrip(batch)).isEqualTo(batch);
    }
  }

  @Test
  void rowsOfAllBatchesShareSubjects() throws InvalidProtocolBufferException {
    RowEncoder other = new RowEncoder();
    List<Row> first = roundTrip(RowSamples.FULL);

    List<Row> second = decoder.decode(ByteString.copyFrom(other.encode(RowSamples.FULL)));

    Subject subject = first.getFirst().subject();
    assertThat(Stream.concat(first.stream(), second.stream()))
        .allSatisfy(row -> assertThat(row.subject()).isSameAs(subject));
    assertThat(second.getFirst().peer()).isSameAs(first.getFirst().peer());
  }

  @Test
  void subjectsGetTheNodeOfTheirStream() throws InvalidProtocolBufferException {
    Subject local = new Subject(null, SampleEvents.POD, SampleEvents.OWNER, Attribution.EXACT);
    List<Row> rows =
        List.of(
            SampleEvents.query().with(it -> it.peer = local).build(),
            RowSamples.withSubject(Subject.UNKNOWN));

    List<Row> decoded = new RowDecoder("node-7").decode(ByteString.copyFrom(encoder.encode(rows)));

    assertThat(decoded).extracting(row -> row.subject().node()).containsOnly("node-7");
    assertThat(decoded.getFirst().peer())
        .isEqualTo(new Subject("node-7", SampleEvents.POD, SampleEvents.OWNER, Attribution.EXACT));
  }
}

package dev.jig.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Question;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.wire.proto.Events;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EventCodecTest {
  private static final IpAddress V4 = IpAddress.v4(0xc0000201);

  private static final Row FULL = SampleEvents.full();

  @Test
  void restoresEveryComponent() throws ReflectiveOperationException {
    for (RecordComponent field : Row.class.getRecordComponents()) {
      assertThat(field.getAccessor().invoke(FULL)).as("set in this test: %s", field).isNotNull();
    }

    assertThat(roundTrip(FULL)).isEqualTo(FULL);
  }

  @Test
  void restoresAbsentComponentsAsAbsent() {
    Row bare =
        new Row(
            1,
            null,
            null,
            Attribution.UNKNOWN,
            new Endpoint(V4, 1),
            new Endpoint(V4, 2),
            Protocol.UDP,
            null,
            null,
            Qr.Q,
            0,
            null,
            null,
            null,
            null,
            0,
            List.of(),
            null,
            "node-1",
            null);

    assertThat(roundTrip(bare)).isEqualTo(bare);
  }

  @Test
  void restoresEveryAttemptState() {
    List<Attempt> attempts =
        Arrays.stream(AttemptState.values())
            .map(outcome -> new Attempt(1, Protocol.UDP, null, 0, outcome, 0, null, 0))
            .toList();
    Row lookup =
        FULL.withLookup(new Lookup(7, attempts, null, new Upstream(null, null, null)));

    assertThat(roundTrip(lookup)).isEqualTo(lookup);
  }

  @Test
  void distinguishesZeroFromAbsent() {
    Row answered =
        new Row(
            1,
            new Container(null, "1234", null, null, null, Map.of(), null),
            null,
            Attribution.EXACT,
            new Endpoint(V4, 1),
            new Endpoint(V4, 2),
            Protocol.UDP,
            PacketType.HOST,
            null,
            Qr.R,
            7,
            new Question(".", 0),
            Flags.of(false, false, false, false, false, false),
            0,
            0L,
            0,
            List.of(),
            State.ANSWERED,
            "node-1",
            null);

    assertThat(roundTrip(answered)).isEqualTo(answered);
  }

  @Test
  void encodesAContainerOncePerBatch() {
    Events batch = EventCodec.encode(5, List.of(FULL, FULL, FULL));

    assertThat(batch.getContainersCount()).isEqualTo(2); // its own and its peer's
    assertThat(batch.getFirst()).isEqualTo(5);
    assertThat(EventCodec.decode(batch, "node-1", new PartInterner()))
        .containsExactly(FULL, FULL, FULL);
  }

  @Test
  void encodesAnEndpointNameOncePerBatch() {
    EndpointName client = new EndpointName(EndpointName.Kind.POD, "demo", "mypod");
    Row oneName = FULL.withEndpoints(new EndpointNames(null, client, null));

    Events batch = EventCodec.encode(1, List.of(FULL, oneName));

    assertThat(batch.getEndpointNamesCount()).isEqualTo(2);
    assertThat(EventCodec.decode(batch, "node-1", new PartInterner()))
        .containsExactly(FULL, oneName);
  }

  private static Row roundTrip(Row event) {
    return EventCodec.decode(EventCodec.encode(1, List.of(event)), "node-1", new PartInterner())
        .getFirst();
  }
}

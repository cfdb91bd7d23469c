package dev.jig.trace;

import static dev.jig.capture.Packets.SERVER;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Drop;
import dev.jig.capture.Packets;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Endpoint;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.golden.Messages;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;

/// Which connects and sends of which no packet left are reported.
final class UnsentQueriesTest {
  private static final String OTHER_SERVER = "2001:db8::53";
  private static final byte[] QUERY = Messages.query(7, "www.example.org.", Type.A);
  private static final byte[] ANSWER = Messages.response(7, "www.example.org.", Type.A);
  private static final Owner CURL = SampleEvents.owner("curl");

  private PipelineHarness harness = PipelineHarness.forLookups();
  private long nowMs = 1;

  @AfterEach
  void everyMessageIsAccountedFor() {
    assertThat(harness.pipeline.counters().isBalanced()).isTrue();
  }

  private Packets asked(String server) {
    return queryOut(new byte[0]).asked(server, 53).cookie(nowMs).atMs(nowMs++);
  }

  private void connect(int count, String server) {
    for (int i = 0; i < count; i++) {
      harness.pipeline.onUnsent(asked(server).build(), true);
    }
  }

  private void send(int count, String server) {
    for (int i = 0; i < count; i++) {
      harness.pipeline.onUnsent(asked(server).build(), false);
    }
  }

  /// The servers of the rows without a packet.
  private List<String> unsent() {
    return harness.rows.stream()
        .filter(row -> row.cause() != null)
        .map(row -> String.valueOf(row.flow().nameserver()))
        .toList();
  }

  @Test
  void isALookupWithoutAQuestion() {
    for (int i = 0; i < 3; i++) {
      harness.pipeline.onUnsent(asked(SERVER).owner(CURL, Attribution.EXACT).build(), true);
    }

    assertThat(harness.rows).hasSize(3);
    LookupRow row = (LookupRow) harness.last();
    assertThat(row.outcome()).isEqualTo(Outcome.UNREACHABLE);
    assertThat(row.state()).isEqualTo(State.CLOSED);
    assertThat(row.cause()).isEqualTo(new Cause(Cause.NO_PACKET_LEFT, Cause.Place.CLIENT));
    assertThat(row.dns().question()).isNull();
    assertThat(row.latencyNs()).isEqualTo(Row.NO_LATENCY);
    assertThat(row.subject().owner()).isEqualTo(CURL);
    assertThat(row.flow().destination()).isEqualTo(new Endpoint(Packets.address(SERVER), 53));
    assertThat(row.timestampNs()).isEqualTo(3_000_000);
    assertThat(row.lookup().attempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.nameserver()).hasToString(SERVER))
        .satisfies(attempt -> assertThat(attempt.cause()).isEqualTo(row.cause()));
  }

  @Test
  void isATimeoutAmongRowsOfMessages() {
    harness = new PipelineHarness();

    connect(3, SERVER);

    assertThat(harness.rowTexts()).containsExactly("T CLOSED", "T CLOSED", "T CLOSED");
  }

  @Test
  void isNoName() {
    harness = PipelineHarness.forNames(Scope.EVERYTHING, _ -> true);

    connect(3, SERVER);
    harness.pipeline.finish();

    assertThat(harness.rows).isEmpty();
  }

  @Test
  void twoSayNothing() {
    connect(1, SERVER);
    send(1, SERVER);
    connect(2, OTHER_SERVER);

    assertThat(harness.rows).isEmpty();
  }

  @Test
  void fromTheThirdOnEachIsReported() {
    connect(2, SERVER);
    send(3, SERVER);

    assertThat(unsent()).hasSize(5);
  }

  @Test
  void oneThatComesLongAfterTheLastBeginsAgain() {
    connect(2, SERVER);
    nowMs += UnsentQueries.MAX_GAP_NS / 1_000_000 + 1;
    connect(2, SERVER);
    assertThat(harness.rows).isEmpty();

    connect(1, SERVER);

    assertThat(unsent()).hasSize(3);
  }

  @Test
  void aQueryToTheServerBeginsAgain() {
    send(2, SERVER);
    harness.send(asked(SERVER).payload(QUERY));
    send(2, SERVER);

    assertThat(unsent()).isEmpty();
  }

  /// A browser learns so whether it has an IPv6 address.
  @Test
  void connectsOfAProgramThatAsksAnotherServerSayNothing() {
    for (int i = 0; i < 5; i++) {
      connect(1, OTHER_SERVER);
      harness.send(asked(SERVER).payload(QUERY));
    }

    assertThat(unsent()).isEmpty();
  }

  /// musl asks all servers at once.
  @Test
  void sendsOfAProgramThatAsksAnotherServerCount() {
    for (int i = 0; i < 4; i++) {
      send(1, OTHER_SERVER);
      harness.send(asked(SERVER).payload(QUERY));
    }

    assertThat(unsent()).hasSize(4).containsOnly(OTHER_SERVER);
  }

  @Test
  void connectsByTcpCount() {
    for (int i = 0; i < 3; i++) {
      harness.pipeline.onUnsent(asked(OTHER_SERVER).tcp().build(), true);
      harness.send(asked(SERVER).payload(QUERY));
    }

    assertThat(unsent()).hasSize(3);
  }

  /// A resolver that cannot ask its own upstream answers with SERVFAIL.
  @Test
  void answersOfAServerDoNotBeginAgain() {
    for (int i = 0; i < 3; i++) {
      connect(1, OTHER_SERVER);
      harness.send(responseOut(ANSWER).atMs(nowMs++));
    }

    assertThat(unsent()).hasSize(3);
  }

  @Test
  void programsCountForThemselves() {
    for (int i = 0; i < 2; i++) {
      for (String program : List.of("curl", "dig", "getent")) {
        Owner owner = SampleEvents.owner(program);
        harness.pipeline.onUnsent(asked(SERVER).owner(owner, Attribution.EXACT).build(), true);
        harness.pipeline.onUnsent(
            asked(SERVER).owner(owner, Attribution.EXACT).cgroup(8).build(), true);
      }
    }

    assertThat(harness.rows).isEmpty();
  }

  /// Before Linux 5.11 the kernel program reports them as unsent too.
  @Test
  void droppedPacketsAreNoUnsentOnes() {
    for (int i = 0; i < 3; i++) {
      Packets dropped = asked(SERVER).payload(QUERY);
      harness.pipeline.onDrop(
          dropped.build(),
          new Drop(Drop.Hook.PACKET_DROPPED, Cause.UNKNOWN, Drop.Where.SENDING_SOCKET));
      harness.pipeline.onUnsent(dropped.build(), false);
    }
    harness.pipeline.finish();

    assertThat(harness.rows)
        .isNotEmpty()
        .allMatch(row -> row.cause() != null && row.cause().reason().equals(Cause.UNKNOWN));
  }

  @Test
  void isNotReportedIfAQueryInBetweenMayBeLost() {
    send(2, SERVER);
    harness.pipeline.onPacketsLost(nowMs * 1_000_000);
    send(2, SERVER);

    assertThat(unsent()).isEmpty();
  }

  @Test
  void lossesAreReadBeforeAReport() {
    harness.pipeline.setLossCheck(_ -> harness.pipeline.onPacketsLost(nowMs * 1_000_000));

    send(9, SERVER);

    assertThat(unsent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void unwantedProgramsHaveNone(int count) {
    harness = PipelineHarness.forLookups(unwanted(), null);

    send(count, SERVER);

    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.evicted()).isZero();
  }

  private static Scope unwanted() {
    return new Scope() {
      @Override
      public Verdict decide(long cgroupId, @Nullable Owner owner) {
        return decideNow(cgroupId, owner);
      }

      @Override
      public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
        return new Verdict(Decision.SKIP, null);
      }
    };
  }

  @Test
  void whatIsKeptIsBounded() {
    int programs = UnsentQueries.MAX_PROGRAMS + 10;
    for (int i = 0; i < programs; i++) {
      harness.pipeline.onUnsent(asked(SERVER).cgroup(100 + i).build(), true);
      harness.pipeline.onUnsent(asked(SERVER).cgroup(100 + i).build(), true);
    }
    assertThat(harness.pipeline.evicted()).isEqualTo(20);

    for (int i = 0; i < UnsentQueries.MAX_SERVERS + 5; i++) {
      connect(1, "192.0.2." + i);
    }

    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.evicted()).isEqualTo(20 + 2 + 5);
  }
}

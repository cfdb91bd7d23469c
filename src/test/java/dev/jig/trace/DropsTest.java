package dev.jig.trace;

import static dev.jig.capture.Packets.CLIENT;
import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Drop;
import dev.jig.capture.Drop.Hook;
import dev.jig.capture.Drop.Where;
import dev.jig.capture.Packets;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Cause.Place;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.fixture.TcpMessages;
import dev.jig.golden.Messages;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Type;

/// Which rows a lost packet or a socket's error concerns. Queries time out after a second.
final class DropsTest {
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(7, NAME, Type.A);
  private static final byte[] TWIN = Messages.query(8, NAME, Type.AAAA);
  private static final byte[] ANSWER = Messages.response(7, NAME, Type.A);
  private static final Owner DIG = SampleEvents.owner("dig");

  private final PipelineHarness harness = new PipelineHarness();

  @AfterEach
  void everyMessageIsAccountedFor() {
    assertThat(harness.pipeline.counters().isBalanced()).isTrue();
  }

  private PipelineHarness drop(Packets packet, Hook hook, String reason, Where where) {
    harness.pipeline.onDrop(packet.build(), new Drop(hook, reason, where));
    return harness;
  }

  private PipelineHarness drop(Packets packet, String reason, Where where) {
    return drop(packet, Hook.PACKET_DROPPED, reason, where);
  }

  /// The packet as it is seen without a socket.
  private static Packets onTheWay(Packets packet) {
    return packet.cookie(0).cgroup(0);
  }

  /// Rows as `T CLOSED NETFILTER_DROP at CLIENT`, with the query's id.
  private List<String> rowTexts() {
    return harness.rows.stream().map(DropsTest::text).toList();
  }

  private static String text(Row row) {
    Cause cause = row.cause();
    return row.dns().id()
        + " "
        + row.qr()
        + (row.state() == null ? "" : " " + row.state())
        + (cause == null ? "" : " " + cause.reason() + " at " + cause.at());
  }

  @ParameterizedTest
  @CsvSource({
    "SENDING_SOCKET, NEIGH_FAILED, CLIENT",
    "PATH, NETFILTER_DROP, PATH",
    "RECEIVING_HOST, NETFILTER_DROP, SERVER",
    "RECEIVING_SOCKET, SOCKET_RCVBUFF, SERVER"
  })
  void aQuerysDropIsTheCauseOfItsTimeout(Where where, String reason, Place place) {
    Packets lost = queryOut(QUERY).atMs(2);
    harness.send(queryOut(QUERY).atMs(1), queryOut(TWIN).atMs(1));
    drop(where == Where.SENDING_SOCKET ? lost : onTheWay(lost), reason, where).tickMs(1_001);

    assertThat(rowTexts())
        .containsExactly("7 Q", "8 Q", "7 T TIMEOUT " + reason + " at " + place, "8 T TIMEOUT");
  }

  @ParameterizedTest
  @CsvSource({
    "SENDING_SOCKET, SERVER",
    "PATH, PATH",
    "RECEIVING_HOST, CLIENT",
    "RECEIVING_SOCKET, CLIENT"
  })
  void soIsTheDropOfItsResponse(Where where, Place place) {
    Packets lost = responseIn(ANSWER).atMs(3);
    harness.send(queryOut(QUERY).atMs(1));
    drop(where == Where.RECEIVING_SOCKET ? lost : onTheWay(lost), "NETFILTER_DROP", where);
    harness.tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT NETFILTER_DROP at " + place);
  }

  @Test
  void anAnsweredQueryHasNoCause() {
    harness.send(queryOut(QUERY).atMs(1));
    drop(onTheWay(queryOut(QUERY)).atMs(2), "NETFILTER_DROP", Where.PATH);
    harness.send(responseIn(ANSWER).atMs(5)).tickMs(2_000);

    assertThat(rowTexts()).containsExactly("7 Q", "7 R ANSWERED");
  }

  @Test
  void packetsOfOthersConcernNoQuery() {
    harness.send(queryOut(QUERY).atMs(1));
    byte[] otherName = Messages.query(7, "other.example.org.", Type.A);
    drop(onTheWay(queryOut(otherName)).atMs(2), "NETFILTER_DROP", Where.PATH);
    drop(onTheWay(queryOut(TWIN)).atMs(2), "NETFILTER_DROP", Where.PATH);
    drop(onTheWay(queryOut(QUERY)).atMs(0), "NETFILTER_DROP", Where.PATH); // before the query
    drop(queryOut(QUERY).cookie(2).atMs(2), "NEIGH_FAILED", Where.SENDING_SOCKET);
    harness.tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT");
  }

  @ParameterizedTest
  @CsvSource({
    "OTHERHOST, PATH",
    "PACKET_SOCK_ERROR, PATH",
    "NOT_SPECIFIED, PATH",
    "UNKNOWN, PATH",
    "NOT_SPECIFIED, RECEIVING_HOST"
  })
  void aDropThatMayBeOfACopySaysNothing(String reason, Where where) {
    harness.send(queryOut(QUERY).atMs(1));
    drop(onTheWay(queryOut(QUERY)).atMs(2), reason, where).tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT");
  }

  @Test
  void natMayHaveChangedTheClientsEndpointIfOneQueryAloneFits() {
    Packets translated = onTheWay(queryOut(QUERY)).from("203.0.113.1", 1024).atMs(2);
    harness.send(queryOut(QUERY).atMs(1));
    drop(translated, "NETFILTER_DROP", Where.PATH).tickMs(1_001);
    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT NETFILTER_DROP at PATH");

    harness.rows.clear();
    harness.send(
        queryOut(QUERY).cookie(3).atMs(2_000),
        queryOut(QUERY).cookie(4).from(CLIENT, 40_002).atMs(2_000));
    drop(translated.atMs(2_001), "NETFILTER_DROP", Where.PATH).tickMs(3_001);
    assertThat(rowTexts()).containsExactly("7 Q", "7 Q", "7 T TIMEOUT", "7 T TIMEOUT");
  }

  @Test
  void theCauseIsThatOfTheLatestTransmission() {
    harness.send(queryOut(QUERY).atMs(1));
    drop(queryOut(QUERY).atMs(2), "NEIGH_FAILED", Where.SENDING_SOCKET);
    harness.send(queryOut(QUERY).atMs(500)).tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 Q", "7 T TIMEOUT");
  }

  /// REJECT sends ICMP first, then drops the packet; the error comes last.
  @Test
  void theDropSaysMoreThanTheIcmpMessageAndThatMoreThanTheError() {
    harness.send(queryOut(QUERY).atMs(1));
    drop(
        onTheWay(queryOut(QUERY)).atMs(2),
        Hook.ICMP_SENT,
        "ICMP_PORT_UNREACH",
        Where.RECEIVING_HOST);
    drop(onTheWay(queryOut(QUERY)).atMs(2), "NETFILTER_DROP", Where.RECEIVING_HOST);
    drop(queryOut(QUERY).atMs(3), Hook.SOCKET_ERROR, "ECONNREFUSED", Where.SENDING_SOCKET);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T CLOSED NETFILTER_DROP at SERVER");
  }

  @Test
  void anErrorOfTheClientsSocketEndsTheWaitOfAllItsQueries() {
    harness.send(queryOut(QUERY).atMs(1), queryOut(TWIN).atMs(1));
    drop(queryOut(QUERY).atMs(4), Hook.SOCKET_ERROR, "EHOSTUNREACH", Where.SENDING_SOCKET);

    assertThat(rowTexts())
        .containsExactly(
            "7 Q", "8 Q", "7 T CLOSED EHOSTUNREACH at PATH", "8 T CLOSED EHOSTUNREACH at PATH");
  }

  @Test
  void anErrorOfASocketThatAskedSeveralServersSaysNothing() {
    harness.send(queryOut(QUERY).atMs(1), queryOut(TWIN).to("198.51.100.99", 53).atMs(1));
    drop(queryOut(QUERY).atMs(4), Hook.SOCKET_ERROR, "ECONNREFUSED", Where.SENDING_SOCKET);
    harness.send(responseIn(ANSWER).atMs(5)).tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "8 Q", "7 R ANSWERED", "8 T TIMEOUT");
  }

  @Test
  void anErrorThatEndsNothingIsIgnored() {
    harness.send(queryOut(QUERY).atMs(1));
    drop(queryOut(QUERY).atMs(2), Hook.SOCKET_ERROR, "EMSGSIZE", Where.SENDING_SOCKET);
    harness.tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT");
  }

  @Test
  void aQueryThatNetfilterRefusesHasATRowOfItsOwn() {
    drop(
        queryOut(QUERY).owner(DIG, Attribution.EXACT).atMs(2),
        "NETFILTER_DROP",
        Where.SENDING_SOCKET);

    assertThat(rowTexts()).containsExactly("7 T CLOSED NETFILTER_DROP at CLIENT");
    assertThat(harness.last().subject().owner()).isEqualTo(DIG);
    assertThat(harness.pipeline.counters().messages()).isZero();
    assertThat(harness.pipeline.counters().unansweredRows()).isEqualTo(1);
    assertThat(harness.pipeline.pending()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"PATH", "RECEIVING_HOST", "RECEIVING_SOCKET"})
  void aPacketOfAnotherHostHasNone(Where where) {
    drop(onTheWay(queryOut(QUERY)), "NETFILTER_DROP", where);
    assertThat(harness.rows).isEmpty();
  }

  @Test
  void aResponseToAClosedSocketIsLate() {
    harness.send(queryOut(QUERY).owner(DIG, Attribution.EXACT).atMs(1)).closeSocket(1, 600);
    drop(onTheWay(responseIn(ANSWER)).atMs(700), "NO_SOCKET", Where.RECEIVING_HOST);

    assertThat(harness.rowTexts()).containsExactly("Q", "T CLOSED", "R LATE 699ms");
    assertThat(harness.last().subject().owner()).isEqualTo(DIG);
    assertThat(harness.last().cause()).isNull();
    assertThat(harness.pipeline.counters().withoutSocket()).isEqualTo(1);
  }

  @Test
  void aLateResponseWaitsForTheContainersNameBehindItsQuerysRows() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    PipelineHarness held = new PipelineHarness(scope);
    held.send(queryOut(QUERY).atMs(1)).closeSocket(1, 60);
    held.pipeline.onDrop(
        onTheWay(responseIn(ANSWER)).atMs(70).build(),
        new Drop(Hook.PACKET_DROPPED, "NO_SOCKET", Where.RECEIVING_HOST));
    assertThat(held.rows).isEmpty();
    scope.verdict = ScriptedScope.named("web");
    held.tickMs(100);

    assertThat(held.rowTexts()).containsExactly("Q", "T CLOSED", "R LATE 69ms");
    assertThat(held.rows)
        .extracting(row -> Objects.requireNonNull(row.subject().container()).name())
        .containsOnly("web");
    assertThat(held.pipeline.counters().isBalanced()).isTrue();
  }

  @Test
  void aSecondResponseToAClosedSocketIsNone() {
    harness.send(queryOut(QUERY).atMs(1), responseIn(ANSWER).atMs(2)).closeSocket(1, 3);
    drop(onTheWay(responseIn(ANSWER)).atMs(4), "NO_SOCKET", Where.RECEIVING_HOST);

    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 1ms");
  }

  @Test
  void aQueryThatAFullBufferDropsCarriesTheCause() {
    harness.send(
        queryIn(QUERY).cookie(5).bufferFilling().atMs(10),
        queryIn(TWIN).cookie(5).bufferFilling().atMs(10));
    assertThat(harness.rows).isEmpty();
    drop(queryIn(TWIN).cookie(5).atMs(10), "SOCKET_RCVBUFF", Where.RECEIVING_SOCKET).tickMs(16);

    assertThat(rowTexts()).containsExactly("7 Q", "8 Q SOCKET_RCVBUFF at SERVER");
    assertThat(harness.pipeline.counters().rows()).isEqualTo(2);
  }

  @Test
  void rowsBehindAHeldArrivalKeepTheirOrder() {
    harness.send(
        queryIn(QUERY).cookie(5).bufferFilling().atMs(10),
        queryOut(TWIN).cookie(6).atMs(10),
        queryIn(TWIN).cookie(5).atMs(16));

    assertThat(rowTexts()).containsExactly("7 Q", "8 Q", "8 Q");
  }

  @Test
  void dropsOfTcpConcernAllQueriesOfTheConnection() {
    byte[] framed = TcpMessages.framed(QUERY);
    harness.send(queryOut(framed).tcp(1).atMs(1));
    drop(queryOut(new byte[0]).tcp(1).atMs(200), "NETFILTER_DROP", Where.SENDING_SOCKET);
    harness.tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT NETFILTER_DROP at CLIENT");
  }

  @ParameterizedTest
  @CsvSource({
    "true, RECEIVING_SOCKET, 1, CLIENT",
    "true, SENDING_SOCKET, 2, SERVER",
    "true, PATH, 0, PATH",
    "false, RECEIVING_SOCKET, 2, SERVER",
    "false, RECEIVING_HOST, 0, SERVER"
  })
  void theirDirectionIsKnownByTheSocketOrTheEndpoints(
      boolean response, Where where, long cookie, Place place) {
    harness.send(queryOut(TcpMessages.framed(QUERY)).tcp(1).atMs(1));
    Packets lost = response ? responseIn(new byte[0]) : queryOut(new byte[0]);
    drop(lost.tcp(1).cookie(cookie).atMs(200), "NETFILTER_DROP", where).tickMs(1_001);

    assertThat(rowTexts()).containsExactly("7 Q", "7 T TIMEOUT NETFILTER_DROP at " + place);
  }

  @Test
  void whatMayHaveBeenLostIsNotReported() {
    harness.pipeline.setLossCheck(_ -> harness.pipeline.onPacketsLost(Long.MIN_VALUE));
    harness.send(queryOut(QUERY).atMs(1), queryOut(TWIN).atMs(1));
    drop(queryOut(TWIN).atMs(2), "NEIGH_FAILED", Where.SENDING_SOCKET).tickMs(1_001);

    assertThat(rowTexts())
        .as("a cause makes it certain")
        .containsExactly("7 Q", "8 Q", "8 T TIMEOUT NEIGH_FAILED at CLIENT");
    assertThat(harness.pipeline.counters().answersLost()).isEqualTo(1);
  }
}

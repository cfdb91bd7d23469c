package dev.jig.trace;

import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Drop;
import dev.jig.capture.Packets;
import dev.jig.event.Attempt;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Lookup;
import dev.jig.event.Owner;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.fixture.TcpMessages;
import dev.jig.golden.Messages;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/// Which packets become one lookup.
final class LookupsTest {
  private static final String NAME = "www.example.org.";
  private static final Owner ASKER = SampleEvents.owner("asker");

  /// Long enough for everything that waits.
  private static final long LATER_MS = 60_000;

  private final PipelineHarness harness = PipelineHarness.forLookups();

  /// What the bound of memory counts is given back when all is over.
  @AfterEach
  void nothingIsHeldInTheEnd() {
    harness.tickMs(LATER_MS * 2).tickMs(LATER_MS * 4);
    harness.pipeline.finish();
    assertThat(harness.pipeline.heapBytes()).isZero();
  }

  /// By the same process, of an MX, which has no twin.
  private static Packets ask(int id, long cookie) {
    return asked(id, cookie, Type.MX);
  }

  private static Packets asked(int id, long cookie, int type) {
    return queryOut(Messages.query(id, NAME, type)).cookie(cookie).owner(ASKER, Attribution.EXACT);
  }

  private static Packets answer(int id, long cookie) {
    return answered(id, cookie, Type.MX, Rcode.NOERROR);
  }

  private static Packets answered(int id, long cookie, int type, int rcode) {
    byte[] message = Messages.refused(id, NAME, type, rcode);
    return responseIn(message).cookie(cookie);
  }

  private static Packets truncated(int id, long cookie) {
    return responseIn(truncatedMessage(id, Type.MX)).cookie(cookie);
  }

  private static byte[] truncatedMessage(int id, int type) {
    byte[] message = Messages.response(id, NAME, type);
    message[2] |= 0x02;
    return message;
  }

  private static Packets overTcp(byte[] message, Packets packet) {
    return packet.payload(TcpMessages.framed(message)).tcp();
  }

  /// Rows as `MX answered 18ms of 2: closed 5000ms, answered 3ms`.
  private List<String> rowTexts() {
    return harness.rows.stream().map(LookupsTest::text).toList();
  }

  private static String text(Row row) {
    Lookup lookup = lookupOf(row);
    long latencyNs = row.latencyNs();
    return Type.string(Objects.requireNonNull(row.dns().question()).type())
        + " "
        + row.state()
        + (latencyNs == Row.NO_LATENCY ? "" : " " + latencyNs / 1_000_000 + "ms")
        + " of "
        + lookup.tries()
        + ": "
        + lookup.attempts().stream().map(LookupsTest::text).collect(joining(", "))
        + (lookup.twinState() == null ? "" : "; twin " + lookup.twinState());
  }

  private static String text(Attempt attempt) {
    return attempt.protocol()
        + " "
        + attempt.state()
        + " "
        + attempt.durationNs() / 1_000_000
        + "ms";
  }

  private static Lookup lookupOf(Row row) {
    return Objects.requireNonNull(row.lookup());
  }

  private void assertBalanced() {
    assertThat(harness.pipeline.counters().isBalanced()).isTrue();
    assertThat(harness.pipeline.counters().lookups()).isEqualTo(harness.rows.size());
  }

  @Test
  void anAnsweredQueryIsOneRow() {
    harness.send(ask(7, 1).atMs(10));
    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.pending()).isEqualTo(1);

    harness.send(answer(7, 1).atMs(28));

    assertThat(rowTexts()).containsExactly("MX ANSWERED 18ms of 1: UDP ANSWERED 18ms");
    Row row = harness.last();
    assertThat(row.timestampNs()).isEqualTo(10_000_000);
    assertThat(row.subject().owner()).isEqualTo(ASKER);
    assertThat(row.flow().source().address()).hasToString(Packets.CLIENT);
    assertThat(row.flow().nameserver()).hasToString(Packets.SERVER);
    assertThat(row.dns().rcode()).isZero();
    assertThat(harness.pipeline.pending()).isZero();
    assertBalanced();
  }

  /// glibc reads the socket of one server at a time.
  @Test
  void theAnswerThatTheClientTookCounts() {
    harness.send(
        ask(7, 1).to("198.51.100.1", 53).atMs(0),
        ask(7, 2).to("198.51.100.2", 53).atMs(300),
        answer(7, 1).from("198.51.100.1", 53).atMs(500),
        answer(7, 2).from("198.51.100.2", 53).atMs(700));

    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 700ms of 2: UDP LATE 500ms, UDP ANSWERED 400ms");
    assertThat(harness.last().flow().nameserver()).hasToString("198.51.100.2");
    assertBalanced();
  }

  @Test
  void anAnswerToAnAbandonedTryDoesNotAnswerTheLookup() {
    harness.send(
        ask(7, 1).to("198.51.100.1", 53).atMs(0),
        ask(7, 2).to("198.51.100.2", 53).atMs(300),
        answer(7, 1).from("198.51.100.1", 53).atMs(500));
    harness.tickMs(2_000);

    assertThat(rowTexts()).containsExactly("MX TIMEOUT of 2: UDP LATE 500ms, UDP TIMEOUT 1000ms");
  }

  /// musl asks all servers at once, from one socket, and takes the first answer.
  @Test
  void inARaceTheFirstAnswerCounts() {
    harness.send(
        ask(7, 1).to("198.51.100.1", 53).atMs(0),
        ask(7, 2).to("198.51.100.2", 53).atMs(0),
        answer(7, 1).from("198.51.100.1", 53).atMs(5));

    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 5ms of 2: UDP ANSWERED 5ms, UDP WAITING 0ms");
  }

  /// With an OPT record (RFC 6891 section 6.1.2).
  private static Packets askWithEdns(int id, long cookie) {
    byte[] plain = Messages.query(id, NAME, Type.MX);
    byte[] query = Arrays.copyOf(plain, plain.length + 11);
    query[11] = 1; // ARCOUNT
    query[plain.length + 2] = 41;
    query[plain.length + 3] = 4; // 1,232 bytes
    query[plain.length + 4] = (byte) 0xd0;
    return ask(id, cookie).payload(query);
  }

  @ParameterizedTest
  @ValueSource(ints = {Rcode.FORMERR, Rcode.NOTIMP})
  void aRetryWithoutEdnsIsATryOfTheSameLookup(int rcode) {
    harness.send(
        askWithEdns(7, 1).atMs(0),
        answered(7, 1, Type.MX, rcode).atMs(2),
        ask(8, 1).atMs(3),
        answer(8, 1).atMs(5));

    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 5ms of 2: UDP ANSWERED 2ms, UDP ANSWERED 2ms");
  }

  @Test
  void aRetryWithoutEdnsAfterSilenceIsATryOfTheSameLookup() {
    harness.send(askWithEdns(7, 1).atMs(0), ask(8, 2).atMs(800), answer(8, 2).atMs(803));

    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 803ms of 2: UDP WAITING 0ms, UDP ANSWERED 3ms");
  }

  @Test
  void anotherRefusalIsNoReasonToLeaveEdnsOut() {
    harness.send(
        askWithEdns(7, 1).atMs(0),
        answered(7, 1, Type.MX, Rcode.REFUSED).atMs(2),
        ask(8, 1).atMs(3),
        answer(8, 1).atMs(5));
    harness.tickMs(LATER_MS);

    assertThat(harness.rows).hasSize(2);
  }

  @Test
  void thePairTellsHowLongTheClientWaitedForBoth() {
    harness.send(asked(7, 1, Type.A).atMs(0), asked(8, 1, Type.AAAA).atMs(1));
    harness.send(answered(7, 1, Type.A, 0).atMs(3), answered(8, 1, Type.AAAA, 0).atMs(900));

    assertThat(harness.rows)
        .hasSize(2)
        .allMatch(row -> Long.valueOf(900_000_000).equals(lookupOf(row).pairNs()));
  }

  @Test
  void aLookupWithoutATwinHasNoPairLatency() {
    harness.send(ask(7, 1), answer(7, 1));

    assertThat(lookupOf(harness.last()).pairNs()).isNull();
  }

  @Test
  void theServersSideMakesNoLookup() {
    byte[] query = Messages.query(7, NAME, Type.MX);
    harness.send(queryIn(query), responseOut(Messages.response(7, NAME, Type.MX)));
    harness.send(queryIn(query)).tickMs(LATER_MS);
    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.pending()).isZero();
    assertBalanced();
  }

  @Test
  void anUnansweredQueryIsOneRowAfterTheTimeout() {
    harness.send(ask(7, 1)).tickMs(999);
    assertThat(harness.rows).isEmpty();
    harness.tickMs(1_000);
    assertThat(rowTexts()).containsExactly("MX TIMEOUT of 1: UDP TIMEOUT 1000ms");
    assertThat(harness.last().timestampNs()).isZero();
    harness.tickMs(LATER_MS);
    assertThat(harness.rows).hasSize(1);
  }

  @Test
  void aLateAnswerIsARowOfItsOwn() {
    harness.send(ask(7, 1)).tickMs(1_000).send(answer(7, 1).atMs(1_500), answer(7, 1).atMs(1_501));
    assertThat(rowTexts())
        .containsExactly(
            "MX TIMEOUT of 1: UDP TIMEOUT 1000ms",
            "MX LATE 1500ms of 1: UDP LATE 1500ms",
            "MX DUPLICATE 1501ms of 0: ");
  }

  @Test
  void aSecondAnswerIsARowOfItsOwn() {
    harness.send(ask(7, 1), answer(7, 1).atMs(1), answer(7, 1).atMs(2));
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 1ms of 1: UDP ANSWERED 1ms", "MX DUPLICATE 2ms of 0: ");
    assertThat(harness.last().flow().source().address()).hasToString(Packets.CLIENT);
    assertBalanced();
  }

  @Test
  void aRetransmissionIsAnAttemptOfTheLookup() {
    harness.send(ask(7, 1), ask(7, 1).atMs(500), answer(7, 1).atMs(520));
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 520ms of 2: UDP REPEATED 500ms, UDP ANSWERED 20ms");
  }

  @Test
  void aQueryFromTheNextSocketIsAnAttemptAfterAClosedSocket() {
    harness.send(ask(7, 1)).closeSocket(1, 300).send(ask(8, 2).atMs(301), answer(8, 2).atMs(310));
    harness.tickMs(LATER_MS);
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 310ms of 2: UDP CLOSED 300ms, UDP ANSWERED 9ms");
  }

  @Test
  void aLookupIsClosedIfNoAttemptFollowsAClosedSocket() {
    harness.send(ask(7, 1)).closeSocket(1, 300);
    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.pending()).isZero();
    harness.tickMs(799);
    assertThat(harness.rows).isEmpty();
    harness.tickMs(800);
    assertThat(rowTexts()).containsExactly("MX CLOSED of 1: UDP CLOSED 300ms");
    harness.send(ask(8, 2).atMs(801), answer(8, 2).atMs(802));
    assertThat(rowTexts()).hasSize(2).last().isEqualTo("MX ANSWERED 1ms of 1: UDP ANSWERED 1ms");
  }

  @Test
  void aQueryOfAnotherProcessIsAnotherLookup() {
    Owner other = new Owner(1, 1, 0, 0, "other", 0, "", 1, 1, 1, null);
    harness.send(ask(7, 1)).closeSocket(1, 300);
    harness.send(ask(7, 2).owner(other, Attribution.EXACT).atMs(301), answer(7, 2).atMs(310));
    harness.tickMs(LATER_MS);
    assertThat(rowTexts())
        .containsExactly(
            "MX ANSWERED 9ms of 1: UDP ANSWERED 9ms", "MX CLOSED of 1: UDP CLOSED 300ms");
  }

  @Test
  void twoThreadsWithTheSameQuestionHaveTwoLookups() {
    harness.send(ask(7, 1), ask(8, 2).atMs(1), answer(8, 2).atMs(5), answer(7, 1).atMs(9));
    assertThat(rowTexts())
        .containsExactly(
            "MX ANSWERED 4ms of 1: UDP ANSWERED 4ms", "MX ANSWERED 9ms of 1: UDP ANSWERED 9ms");
  }

  @Test
  void queriesToThreeNameserversWithOneIdAreOneLookup() {
    for (int i = 1; i <= 3; i++) {
      harness.send(ask(7, 1).to("198.51.100." + i, 53));
    }
    harness.send(
        answer(7, 1).from("198.51.100.2", 53).atMs(4),
        answer(7, 1).from("198.51.100.1", 53).atMs(5));
    harness.closeSocket(1, 6).tickMs(LATER_MS);
    assertThat(rowTexts())
        .containsExactly(
            "MX ANSWERED 4ms of 3: UDP WAITING 0ms, UDP ANSWERED 4ms, UDP WAITING 0ms");
    assertThat(harness.last().flow().nameserver()).hasToString("198.51.100.2");
    assertBalanced();
  }

  @Test
  void aServerFailureDoesNotEndTheLookupWhileAnotherServerMayAnswer() {
    harness.send(ask(7, 1).to("198.51.100.1", 53), ask(7, 1).to("198.51.100.2", 53));
    harness.send(
        answered(7, 1, Type.MX, Rcode.SERVFAIL).from("198.51.100.1", 53).atMs(1),
        answer(7, 1).from("198.51.100.2", 53).atMs(5));
    harness.tickMs(LATER_MS);
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 5ms of 2: UDP ANSWERED 1ms, UDP ANSWERED 5ms");
    assertThat(harness.last().dns().rcode()).isZero();
    assertThat(lookupOf(harness.last()).attempts().getFirst().rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void aQueryToTheNextServerAfterAFailureIsAnAttempt() {
    harness.send(
        ask(7, 1).to("198.51.100.1", 53),
        answered(7, 1, Type.MX, Rcode.SERVFAIL).from("198.51.100.1", 53).atMs(1),
        ask(7, 2).to("198.51.100.2", 53).atMs(2),
        answer(7, 2).from("198.51.100.2", 53).atMs(5));
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 5ms of 2: UDP ANSWERED 1ms, UDP ANSWERED 3ms");
  }

  @Test
  void aFailureIsTheAnswerIfNoAttemptFollows() {
    harness.send(ask(7, 1), answered(7, 1, Type.MX, Rcode.SERVFAIL).atMs(1));
    assertThat(harness.rows).isEmpty();
    harness.tickMs(501);
    assertThat(rowTexts()).containsExactly("MX ANSWERED 1ms of 1: UDP ANSWERED 1ms");
    assertThat(harness.last().dns().rcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void aTruncatedAnswerAndItsRetryOverTcpAreOneLookup() {
    harness.send(
        ask(7, 1),
        truncated(7, 1).atMs(2),
        overTcp(Messages.query(9, NAME, Type.MX), ask(9, 2)).atMs(3),
        overTcp(Messages.response(9, NAME, Type.MX), answer(9, 2)).atMs(8));
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 8ms of 2: UDP TRUNCATED 2ms, TCP ANSWERED 5ms");
    assertThat(harness.last().flow().protocol()).hasToString("TCP");
  }

  @Test
  void aTruncatedAnswerIsTheAnswerIfNoAttemptFollows() {
    harness.send(ask(7, 1), truncated(7, 1).atMs(2)).tickMs(502);
    assertThat(rowTexts()).containsExactly("MX ANSWERED 2ms of 1: UDP TRUNCATED 2ms");
    assertThat(Objects.requireNonNull(harness.last().dns().flags()).isTruncated()).isTrue();
  }

  @Test
  void aTimeoutOverTcpReplacesTheTruncatedAnswer() {
    harness.send(
        ask(7, 1),
        truncated(7, 1).atMs(2),
        overTcp(Messages.query(9, NAME, Type.MX), ask(9, 2)).atMs(3));
    harness.tickMs(1_003);
    assertThat(rowTexts())
        .containsExactly("MX TIMEOUT of 2: UDP TRUNCATED 2ms, TCP TIMEOUT 1000ms");
    assertThat(harness.last().dns().rcode()).isZero();
  }

  private static final long CONNECTION = 9;

  /// The same process connects to the server by TCP.
  private void connect(long ms) {
    connect(CONNECTION, ms);
  }

  private void connect(long cookie, long ms) {
    harness.pipeline.onConnect(
        queryOut(new byte[0])
            .tcp()
            .cookie(cookie)
            .owner(ASKER, Attribution.EXACT)
            .asked(Packets.SERVER, 53)
            .atMs(ms)
            .build());
  }

  private void onError(String reason, long ms) {
    harness.pipeline.onDrop(
        queryOut(new byte[0]).cookie(CONNECTION).atMs(ms).build(),
        new Drop(Drop.Hook.SOCKET_ERROR, reason, Drop.Where.SENDING_SOCKET));
  }

  @Test
  void aConnectionThatIsRefusedAfterATruncatedAnswerIsAnAttempt() {
    harness.send(ask(7, 1), truncated(7, 1).atMs(2));
    connect(3);
    onError("ECONNREFUSED", 4);
    harness.tickMs(600);
    assertThat(rowTexts()).containsExactly("MX CLOSED of 2: UDP TRUNCATED 2ms, TCP CLOSED 1ms");
    assertThat(Objects.requireNonNull(harness.last().cause()).text()).isEqualTo("port closed");
    assertThat(lookupOf(harness.last()).attempts().getFirst().cause()).isNull();
    assertThat(harness.last().dns().rcode()).isZero();
  }

  @Test
  void aConnectionThatIsClosedWithoutAQueryIsAnAttempt() {
    harness.send(ask(7, 1), truncated(7, 1).atMs(2));
    connect(3);
    harness.pipeline.onDrop(
        queryOut(new byte[0]).tcp().cookie(0).atMs(5).build(),
        new Drop(Drop.Hook.PACKET_DROPPED, "NETFILTER_DROP", Drop.Where.RECEIVING_HOST));
    harness.closeSocket(CONNECTION, 503).tickMs(1_100);
    assertThat(rowTexts()).containsExactly("MX CLOSED of 2: UDP TRUNCATED 2ms, TCP CLOSED 500ms");
    assertThat(harness.last().cause()).isEqualTo(new Cause("NETFILTER_DROP", Cause.Place.SERVER));
  }

  @Test
  void aConnectionThatStaysWithoutAQueryTimesOut() {
    harness.send(ask(7, 1), truncated(7, 1).atMs(2));
    connect(3);
    harness.tickMs(600).tickMs(1_003);
    assertThat(rowTexts())
        .containsExactly("MX TIMEOUT of 2: UDP TRUNCATED 2ms, TCP TIMEOUT 1000ms");
  }

  @Test
  void theQueryTakesTheConnectionsPlace() {
    harness.send(ask(7, 1), truncated(7, 1).atMs(2));
    connect(3);
    harness.send(
        overTcp(Messages.query(9, NAME, Type.MX), ask(9, CONNECTION)).atMs(4),
        overTcp(Messages.response(9, NAME, Type.MX), answer(9, CONNECTION)).atMs(8));
    harness.closeSocket(CONNECTION, 9);
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 8ms of 2: UDP TRUNCATED 2ms, TCP ANSWERED 4ms");
  }

  @Test
  void connectionsOfSeveralLookupsMayBeOpenedInAnyOrder() {
    harness.send(
        asked(7, 1, Type.TXT),
        ask(8, 2),
        truncated(8, 2).atMs(1),
        responseIn(truncatedMessage(7, Type.TXT)).cookie(1).atMs(2));
    connect(CONNECTION, 3);
    connect(CONNECTION + 1, 4);
    harness.send(
        overTcp(Messages.query(9, NAME, Type.TXT), asked(9, CONNECTION, Type.TXT)).atMs(5),
        overTcp(Messages.query(10, NAME, Type.MX), ask(10, CONNECTION + 1)).atMs(6),
        overTcp(Messages.response(10, NAME, Type.MX), answer(10, CONNECTION + 1)).atMs(8),
        overTcp(
                Messages.response(9, NAME, Type.TXT),
                answered(9, CONNECTION, Type.TXT, Rcode.NOERROR))
            .atMs(9));
    assertThat(rowTexts())
        .containsExactly(
            "MX ANSWERED 8ms of 2: UDP TRUNCATED 1ms, TCP ANSWERED 2ms",
            "TXT ANSWERED 9ms of 2: UDP TRUNCATED 2ms, TCP ANSWERED 4ms");
  }

  @Test
  void aConnectionForAnotherQuestionLeavesTheTruncatedAnswer() {
    harness.send(ask(7, 1), truncated(7, 1).atMs(2));
    connect(3);
    Packets other = asked(9, CONNECTION, Type.TXT);
    harness.send(overTcp(Messages.query(9, NAME, Type.TXT), other).atMs(4)).tickMs(600);
    assertThat(rowTexts()).containsExactly("MX ANSWERED 2ms of 1: UDP TRUNCATED 2ms");
  }

  @Test
  void aConnectionWithoutATruncatedAnswerIsNoAttempt() {
    connect(1);
    onError("ECONNREFUSED", 2);
    harness.send(ask(7, 1).atMs(3), answer(7, 1).atMs(5)).tickMs(600);
    assertThat(rowTexts()).containsExactly("MX ANSWERED 2ms of 1: UDP ANSWERED 2ms");
  }

  @Test
  void aResponseAfterTheSocketWasClosedIsARowOfItsOwn() {
    harness.send(ask(7, 1)).closeSocket(1, 500).send(answer(7, 1).atMs(700)).tickMs(1_300);
    assertThat(rowTexts())
        .containsExactly("MX CLOSED of 1: UDP CLOSED 500ms", "MX LATE 700ms of 1: UDP LATE 700ms");
  }

  @Test
  void thePairsLatencyEndsWhenTheSocketIsClosed() {
    harness.send(
        asked(7, 1, Type.A),
        asked(8, 1, Type.AAAA),
        answered(7, 1, Type.A, Rcode.NOERROR).atMs(10));
    harness.closeSocket(1, 900).tickMs(1_500);
    assertThat(harness.rows)
        .hasSize(2)
        .allMatch(row -> Objects.equals(lookupOf(row).pairNs(), 900_000_000L));
  }

  @Test
  void eachAttemptHasItsOwnCause() {
    harness.send(ask(7, 1));
    harness.pipeline.onDrop(
        ask(7, 1).atMs(1).build(),
        new Drop(Drop.Hook.PACKET_DROPPED, "NEIGH_FAILED", Drop.Where.SENDING_SOCKET));
    harness.send(ask(7, 1).atMs(500), answer(7, 1).atMs(510)).tickMs(1_200);
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 510ms of 2: UDP REPEATED 500ms, UDP ANSWERED 10ms");
    assertThat(lookupOf(harness.last()).attempts())
        .extracting(Attempt::cause)
        .containsExactly(new Cause("NEIGH_FAILED", Cause.Place.CLIENT), null);
    assertThat(harness.last().cause()).isNull();
  }

  @Test
  void aTcpQueryToAnotherServerIsAnotherLookup() {
    harness.send(
        ask(7, 1),
        truncated(7, 1).atMs(2),
        overTcp(Messages.query(9, NAME, Type.MX), ask(9, 2)).to("198.51.100.99", 53).atMs(3));
    harness.tickMs(502);
    assertThat(rowTexts()).containsExactly("MX ANSWERED 2ms of 1: UDP TRUNCATED 2ms");
  }

  @Test
  void theRowsOfTwinsAreEmittedTogether() {
    harness.send(
        asked(7, 1, Type.A),
        asked(8, 1, Type.AAAA),
        ask(9, 2),
        answered(8, 1, Type.AAAA, Rcode.NOERROR).atMs(1),
        answer(9, 2).atMs(2),
        answered(7, 1, Type.A, Rcode.NOERROR).atMs(3));
    assertThat(rowTexts())
        .containsExactly(
            "MX ANSWERED 2ms of 1: UDP ANSWERED 2ms",
            "A ANSWERED 3ms of 1: UDP ANSWERED 3ms; twin ANSWERED",
            "AAAA ANSWERED 1ms of 1: UDP ANSWERED 1ms; twin ANSWERED");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothRowsShowALostTwin(boolean closed) {
    harness.send(asked(7, 1, Type.A), asked(8, 1, Type.AAAA));
    harness.send(answered(7, 1, Type.A, Rcode.NOERROR).atMs(1));
    if (closed) {
      harness.closeSocket(1, 400);
    }
    assertThat(harness.rows).isEmpty();
    harness.tickMs(LATER_MS);
    String lost = closed ? "CLOSED" : "TIMEOUT";
    assertThat(rowTexts().getFirst())
        .isEqualTo("A ANSWERED 1ms of 1: UDP ANSWERED 1ms; twin " + lost);
    assertThat(rowTexts().getLast()).startsWith("AAAA " + lost).endsWith("; twin ANSWERED");
  }

  @Test
  void twinsMayBeSentOneAfterTheOther() {
    harness.send(
        asked(7, 1, Type.A),
        answered(7, 1, Type.A, Rcode.NOERROR).atMs(1),
        asked(8, 1, Type.AAAA).atMs(2),
        answered(8, 1, Type.AAAA, Rcode.NOERROR).atMs(3));
    assertThat(rowTexts())
        .containsExactly(
            "A ANSWERED 1ms of 1: UDP ANSWERED 1ms; twin ANSWERED",
            "AAAA ANSWERED 1ms of 1: UDP ANSWERED 1ms; twin ANSWERED");
  }

  @Test
  void anAnsweredTwinMayBeSentAgainWithTheOtherOne() {
    // As glibc does, which then asks one after the other.
    harness.send(asked(7, 1, Type.A), asked(8, 1, Type.AAAA));
    harness.send(answered(7, 1, Type.A, Rcode.NOERROR).atMs(1));
    harness.send(asked(7, 1, Type.A).atMs(900), answered(7, 1, Type.A, Rcode.NOERROR).atMs(902));
    harness.send(asked(8, 1, Type.AAAA).atMs(903));
    harness.send(answered(8, 1, Type.AAAA, Rcode.NOERROR).atMs(905));
    assertThat(rowTexts())
        .containsExactly(
            "A ANSWERED 1ms of 2: UDP ANSWERED 1ms, UDP ANSWERED 2ms; twin ANSWERED",
            "AAAA ANSWERED 905ms of 2: UDP REPEATED 903ms, UDP ANSWERED 2ms; twin ANSWERED");
  }

  @Test
  void anAWithoutAAAAWaits100Ms() {
    harness.send(asked(7, 1, Type.A), answered(7, 1, Type.A, Rcode.NOERROR).atMs(1)).tickMs(99);
    assertThat(harness.rows).isEmpty();
    harness.tickMs(100);
    assertThat(rowTexts()).containsExactly("A ANSWERED 1ms of 1: UDP ANSWERED 1ms");
    harness.send(asked(8, 1, Type.AAAA).atMs(101));
    harness.send(answered(8, 1, Type.AAAA, Rcode.NOERROR).atMs(350));
    assertThat(rowTexts().getLast()).isEqualTo("AAAA ANSWERED 249ms of 1: UDP ANSWERED 249ms");
  }

  @Test
  void atTheEndCompleteLookupsAreEmittedAndWaitingOnesCounted() {
    harness.send(asked(7, 1, Type.A), asked(8, 1, Type.AAAA), ask(9, 2), ask(10, 3));
    harness.send(answered(7, 1, Type.A, Rcode.NOERROR).atMs(1)).closeSocket(2, 3);
    harness.pipeline.finish();
    assertThat(rowTexts())
        .containsExactlyInAnyOrder(
            "MX CLOSED of 1: UDP CLOSED 3ms", "A ANSWERED 1ms of 1: UDP ANSWERED 1ms");
    assertThat(harness.pipeline.pending()).isEqualTo(2);
    assertBalanced();
  }

  @Test
  void filtersApplyToLookupRows() {
    PipelineHarness slow = PipelineHarness.forLookups(row -> row.latencyNs() > 10_000_000);
    slow.send(ask(7, 1), answer(7, 1).atMs(9), ask(8, 1).atMs(20), answer(8, 1).atMs(40));
    assertThat(slow.rows).hasSize(1);
    assertThat(slow.last().dns().id()).isEqualTo(8);
    assertThat(slow.pipeline.counters().lookupsFiltered()).isEqualTo(1);
    assertThat(slow.pipeline.counters().isBalanced()).isTrue();
  }

  @Test
  void multicastAnnouncementsAreNoLookups() {
    byte[] announced = Messages.response(0, "printer.example.test.", Type.A);
    harness.send(responseIn(announced).from("192.0.2.77", 5353).to("224.0.0.251", 5353));
    byte[] query = Messages.query(0, "printer.example.test.", Type.A);
    harness.send(queryOut(query).from(Packets.CLIENT, 5353).to("224.0.0.251", 5353));
    harness.tickMs(LATER_MS);
    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.pending()).isZero();
    assertBalanced();
  }

  @Test
  void inAFileTheClientsAddressReplacesTheProcess() {
    harness.send(
        ask(7, 0).owner(null, Attribution.UNKNOWN).ofFile(),
        truncated(7, 0).ofFile().atMs(2),
        overTcp(Messages.query(9, NAME, Type.MX), ask(9, 0))
            .owner(null, Attribution.UNKNOWN)
            .from(Packets.CLIENT, 40_002)
            .ofFile()
            .atMs(3),
        overTcp(Messages.response(9, NAME, Type.MX), answer(9, 0))
            .to(Packets.CLIENT, 40_002)
            .ofFile()
            .atMs(8));
    assertThat(rowTexts())
        .containsExactly("MX ANSWERED 8ms of 2: UDP TRUNCATED 2ms, TCP ANSWERED 5ms");
  }

  @ParameterizedTest
  @CsvSource({"40, 32", "5, 5"})
  void attemptsBeyondTheBoundAreOnlyCounted(int tries, int kept) {
    for (int i = 0; i < tries; i++) {
      harness.send(ask(7, 1).atMs(i));
    }
    harness.send(answer(7, 1).atMs(tries));
    assertThat(lookupOf(harness.last()).tries()).isEqualTo(tries);
    assertThat(lookupOf(harness.last()).attempts()).hasSize(kept);
    assertThat(lookupOf(harness.last()).attempts().getLast().durationNs()).isEqualTo(1_000_000);
  }

  @Test
  void anEvictedQueryHasNoRowAndItsTwinHas() {
    harness.send(asked(7, 1, Type.A), asked(8, 1, Type.AAAA).atMs(1));
    harness.send(answered(8, 1, Type.AAAA, Rcode.NOERROR).atMs(2));
    for (int i = 0; i < PipelineConfig.MAX_LOOKUPS; i++) {
      byte[] query = Messages.query(i & 0xffff, "n" + i + ".example.test.", Type.MX);
      harness.send(queryOut(query).atMs(3));
    }
    assertThat(rowTexts()).containsExactly("AAAA ANSWERED 1ms of 1: UDP ANSWERED 1ms");
    assertThat(harness.pipeline.evicted()).isEqualTo(1);
    assertThat(harness.pipeline.pending()).isEqualTo(PipelineConfig.MAX_LOOKUPS);
    assertThat(harness.last().state()).isEqualTo(State.ANSWERED);
  }
}

package dev.jig.trace;

import static dev.jig.capture.Packets.CLIENT;
import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.event.Attribution;
import dev.jig.event.Owner;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.fixture.TcpMessages;
import dev.jig.golden.Messages;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Type;

/// Which query a response answers.
final class MatchingTest {
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(7, NAME, Type.A);
  private static final byte[] ANSWER =
      Messages.response(7, NAME, Type.A, Messages.a(NAME, "192.0.2.80"));
  private static final byte[] OTHER = Messages.query(7, "other.example.org.", Type.A);
  private static final byte[] OTHER_ANSWER = Messages.response(7, "other.example.org.", Type.A);

  private final PipelineHarness harness = new PipelineHarness();

  /// A header alone: a response without question.
  private static byte[] bare(int id) {
    return new byte[] {(byte) (id >> 8), (byte) id, (byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0};
  }

  @Test
  void givesAResponseTheTimeSinceItsQuery() {
    harness.send(queryOut(QUERY).atMs(100), responseIn(ANSWER).atMs(118));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 18ms");
    assertThat(harness.pipeline.pending()).isZero();
  }

  @Test
  void answersOnlyOnce() {
    harness.send(queryOut(QUERY), responseIn(ANSWER), responseIn(ANSWER));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 0ms", "R DUPLICATE 0ms");
  }

  @Test
  void ignoresTheCaseOfTheName() {
    byte[] shouted = Messages.response(7, "WWW.eXample.ORG.", Type.A);
    harness.send(queryOut(QUERY), responseIn(shouted));
    assertThat(harness.last().state()).isEqualTo(State.ANSWERED);
    assertThat(Objects.requireNonNull(harness.last().dns().question()).name())
        .isEqualTo("WWW.eXample.ORG.");
  }

  @Test
  void distinguishesEqualIdsByQuestion() {
    harness.send(
        queryOut(QUERY).atMs(0),
        queryOut(OTHER).atMs(10),
        responseIn(ANSWER).atMs(20),
        responseIn(OTHER_ANSWER).atMs(21));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 20ms", "R ANSWERED 11ms");
  }

  /// More than the indexes begin with, so that they grow on the way.
  @Test
  void findsEachOfManyQueriesInAnyOrder() {
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      harness.send(queryOut(QUERY).cookie(i + 1));
    }
    for (int i = count; i > 0; i--) {
      harness.send(responseIn(ANSWER).cookie(i));
    }
    assertThat(harness.rows).hasSize(2 * count);
    assertThat(harness.rows.subList(count, 2 * count))
        .allMatch(row -> row.state() == State.ANSWERED);
    assertThat(harness.pipeline.pending()).isZero();
  }

  @Test
  void distinguishesEqualQuestionsBySocket() {
    harness.send(
        queryOut(QUERY).cookie(1).atMs(0),
        queryOut(QUERY).cookie(2).atMs(10),
        responseIn(ANSWER).cookie(2).atMs(20),
        responseIn(ANSWER).cookie(1).atMs(21));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 10ms", "R ANSWERED 21ms");
  }

  @ParameterizedTest
  @CsvSource({"8,1", "7,2"})
  void doesNotMatchAnotherIdOrSocket(int id, long cookie) {
    byte[] response = Messages.response(id, NAME, Type.A);
    harness.send(queryOut(QUERY), responseIn(response).cookie(cookie));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ORPHAN");
    assertThat(harness.pipeline.pending()).isEqualTo(1);
  }

  @Test
  void distinguishesTheThreeNameserversOfMusl() {
    // Given one socket that asks three nameservers the same under one id
    for (int i = 1; i <= 3; i++) {
      harness.send(queryOut(QUERY).to("198.51.100." + i, 53).atMs(i));
    }

    // When all answer, in another order
    for (int i : new int[] {2, 3, 1}) {
      harness.send(responseIn(ANSWER).from("198.51.100." + i, 53).atMs(10));
    }

    // Then each has its own time
    assertThat(harness.rowTexts().subList(3, 6))
        .containsExactly("R ANSWERED 8ms", "R ANSWERED 7ms", "R ANSWERED 9ms");
  }

  @Test
  void matchesTheNameserverBehindNat() {
    Packets query = queryOut(QUERY).to("127.0.0.11", 39_999).asked("127.0.0.11", 53);
    harness.send(query, responseIn(ANSWER).from("127.0.0.11", 53).atMs(3));
    assertThat(harness.rows.getFirst().flow().nameserver()).hasToString("127.0.0.11");
    assertThat(harness.last().latencyNs()).isEqualTo(3_000_000);
  }

  @Test
  void matchesTheOnlyCandidateIfNatChangedTheAddress() {
    harness.send(queryOut(QUERY), responseIn(ANSWER).from("198.51.100.99", 53));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 0ms");
  }

  @Test
  void doesNotGuessAmongSeveralCandidates() {
    harness.send(
        queryOut(QUERY).to("198.51.100.1", 53),
        queryOut(QUERY).to("198.51.100.2", 53),
        responseIn(ANSWER).from("198.51.100.99", 53));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ORPHAN");
  }

  @Test
  void countsLatencyFromTheFirstTransmission() {
    harness.send(queryOut(QUERY).atMs(0), queryOut(QUERY).atMs(500), responseIn(ANSWER).atMs(520));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 520ms");
    harness.send(responseIn(ANSWER).atMs(530));
    assertThat(harness.last().state()).isEqualTo(State.DUPLICATE);
  }

  @Test
  void countsARepetitionAfterTheTimeoutAsANewQuery() {
    harness.send(
        queryOut(QUERY).atMs(0), queryOut(QUERY).atMs(1500), responseIn(ANSWER).atMs(1520));
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT", "Q", "R ANSWERED 20ms");
  }

  @Test
  void distinguishesClientSideAndServerSide() {
    // Given both ends of a lookup, even with the same cookie
    harness.send(
        queryOut(QUERY).atMs(0),
        queryIn(QUERY).atMs(1),
        responseOut(ANSWER).atMs(5),
        responseIn(ANSWER).atMs(6));

    // Then each side has its own latency
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 4ms", "R ANSWERED 6ms");
  }

  @Test
  void distinguishesClientsWithOneIdAndNameAtTheServer() {
    harness.send(
        queryIn(QUERY).from("192.0.2.10", 40_001).atMs(0),
        queryIn(QUERY).from("192.0.2.11", 40_001).atMs(10),
        queryIn(QUERY).from("192.0.2.10", 40_002).atMs(20),
        responseOut(ANSWER).to("192.0.2.11", 40_001).atMs(30),
        responseOut(ANSWER).to("192.0.2.10", 40_002).atMs(31),
        responseOut(ANSWER).to("192.0.2.10", 40_001).atMs(32));
    assertThat(harness.rowTexts().subList(3, 6))
        .containsExactly("R ANSWERED 20ms", "R ANSWERED 11ms", "R ANSWERED 32ms");
  }

  @Test
  void matchesAServersOnlyCandidateIfNatChangedThePeer() {
    harness.send(queryIn(QUERY), responseOut(ANSWER).to("192.0.2.99", 50_000).atMs(2));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 2ms");
  }

  @Test
  void matchesAQueryWithTheListenersCookie() {
    byte[] query = TcpMessages.framed(QUERY);
    byte[] answer = TcpMessages.framed(ANSWER);
    harness.send(
        queryIn(query).tcp().cookie(100).atMs(0), responseOut(answer).tcp().cookie(101).atMs(4));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 4ms");
  }

  @Test
  void matchesEveryMessageOfASegment() {
    byte[] queries = TcpMessages.framed(QUERY, OTHER);
    byte[] answers = TcpMessages.framed(OTHER_ANSWER, ANSWER);
    harness.send(queryOut(queries).tcp().atMs(0), responseIn(answers).tcp().atMs(9));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 9ms", "R ANSWERED 9ms");
  }

  @Test
  void matchesAResponseWithoutQuestionById() {
    harness.send(queryOut(QUERY).atMs(0), responseIn(bare(7)).atMs(5));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 5ms");
    assertThat(harness.last().dns().question()).isNull();
  }

  @Test
  void doesNotMatchAResponseWithoutQuestionToSeveralQueries() {
    harness.send(queryOut(QUERY), queryOut(OTHER), responseIn(bare(7)));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ORPHAN");
    assertThat(harness.pipeline.pending()).isEqualTo(2);
  }

  @Test
  void matchesAResponseWithoutQuestionByNameserver() {
    harness.send(
        queryOut(QUERY).to("198.51.100.1", 53).atMs(0),
        queryOut(QUERY).to("198.51.100.2", 53).atMs(1),
        responseIn(bare(7)).from("198.51.100.2", 53).atMs(5));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 4ms");
  }

  @Test
  void doesNotMatchAMulticastAnnouncement() {
    byte[] query = Messages.query(0, "printer.example.test.", Type.A);
    Packets asked = queryOut(query).from(CLIENT, 5353).to("224.0.0.251", 5353);
    harness.send(asked, responseIn(bare(0)).from("192.0.2.77", 5353).to("224.0.0.251", 5353));
    assertThat(harness.last().state()).isEqualTo(State.ORPHAN);
  }

  @Test
  void matchesInAFileByBothEndpoints() {
    harness.send(
        queryOut(QUERY).ofFile().atMs(0),
        queryOut(QUERY).from("192.0.2.11", 40_001).ofFile().atMs(10),
        responseIn(ANSWER).ofFile().atMs(20),
        responseIn(ANSWER).from("198.51.100.99", 53).ofFile().atMs(30));
    assertThat(harness.rowTexts()).containsExactly("Q", "Q", "R ANSWERED 20ms", "R ORPHAN");
  }

  @Test
  void givesAClientsResponseTheOwnerOfItsQuery() {
    Owner asker = SampleEvents.owner("asker");
    Owner holder = SampleEvents.owner("holder");
    harness.send(
        queryOut(QUERY).owner(asker, Attribution.EXACT),
        responseIn(ANSWER).owner(holder, Attribution.SOCKET));
    assertThat(harness.last().subject().owner()).isEqualTo(asker);
    assertThat(harness.last().subject().attribution()).isEqualTo(Attribution.EXACT);
  }

  @Test
  void keepsTheOwnerOfAServersResponse() {
    Owner receiver = SampleEvents.owner("receiver");
    Owner sender = SampleEvents.owner("sender");
    harness.send(
        queryIn(QUERY).owner(receiver, Attribution.SOCKET),
        responseOut(ANSWER).owner(sender, Attribution.EXACT));
    assertThat(harness.last().subject().owner()).isEqualTo(sender);
  }

  @Test
  void keepsTheOwnerOfAnOrphan() {
    Owner holder = SampleEvents.owner("holder");
    harness.send(responseIn(ANSWER).owner(holder, Attribution.SOCKET));
    assertThat(harness.last().subject().owner()).isEqualTo(holder);
    assertThat(harness.last().subject().attribution()).isEqualTo(Attribution.SOCKET);
  }

  @Test
  void reportsNoTimeoutIfTheAnswerWasUnreadable() {
    byte[] answer = TcpMessages.framed(ANSWER);
    byte[] end = Arrays.copyOfRange(answer, 10, answer.length);
    harness.send(queryOut(TcpMessages.framed(QUERY)).tcp(), responseIn(end).tcp(10).atMs(2));
    harness.tickMs(5_000);
    assertThat(harness.rowTexts()).containsExactly("Q");
    assertThat(harness.pipeline.counters().tcpBytesDropped()).isPositive();
  }

  @Test
  void countsLatencyToTheLastByteOfAnAnswer() {
    byte[] answer = TcpMessages.framed(ANSWER);
    byte[] begin = Arrays.copyOf(answer, 1);
    byte[] end = Arrays.copyOfRange(answer, 1, answer.length);
    harness.send(
        queryOut(TcpMessages.framed(QUERY)).tcp(),
        responseIn(begin).tcp(7).atMs(2),
        responseIn(end).tcp(8).atMs(5));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 5ms");
  }
}

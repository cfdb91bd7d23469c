package dev.jig.trace;

import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attribution;
import dev.jig.event.Question;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.golden.Messages;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Responses to queries that were answered before: duplicates, and conflicting ones.
final class FurtherResponsesTest {
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(7, NAME, Type.A);
  private static final Record ONE = Messages.a(NAME, "192.0.2.1");
  private static final Record TWO = Messages.a(NAME, "192.0.2.2");
  private static final byte[] ANSWER = Messages.response(7, NAME, Type.A, ONE, TWO);
  private static final byte[] OTHER =
      Messages.response(7, NAME, Type.A, Messages.a(NAME, "203.0.113.66"));

  private final PipelineHarness harness = new PipelineHarness();

  private static byte[] withByte(byte[] message, int at, int value) {
    byte[] changed = message.clone();
    changed[at] = (byte) value;
    return changed;
  }

  /// The TTL of the first answer, behind header, question, pointer, type and class.
  private static byte[] withTtl(byte[] message, int seconds) {
    int question = 12 + NAME.length() + 1 + 4;
    return withByte(message, question + 2 + 4 + 3, seconds);
  }

  static Stream<Arguments> furtherResponses() {
    return Stream.of(
        Arguments.of("the same", ANSWER, State.DUPLICATE),
        Arguments.of(
            "another order", Messages.response(7, NAME, Type.A, TWO, ONE), State.DUPLICATE),
        Arguments.of("another TTL", withTtl(ANSWER, 17), State.DUPLICATE),
        Arguments.of(
            "other letter case",
            Messages.response(7, "WWW.example.ORG.", Type.A, ONE, TWO),
            State.DUPLICATE),
        Arguments.of("another address", OTHER, State.CONFLICTING),
        Arguments.of("fewer records", Messages.response(7, NAME, Type.A, ONE), State.CONFLICTING),
        Arguments.of("another rcode", withByte(ANSWER, 3, ANSWER[3] & 0xf0 | 2), State.CONFLICTING),
        Arguments.of("truncated", withByte(ANSWER, 2, ANSWER[2] | 2), State.CONFLICTING));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("furtherResponses")
  void comparesWithTheFirstResponse(String what, byte[] further, State state) {
    harness.send(
        queryOut(QUERY).atMs(0), responseIn(ANSWER).atMs(10), responseIn(further).atMs(30));

    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 10ms", "R " + state + " 30ms");
    assertThat(harness.pipeline.counters().isBalanced()).isTrue();
  }

  @Test
  void belongsToTheProcessOfTheQuery() {
    harness.send(
        queryOut(QUERY).owner(SampleEvents.OWNER, Attribution.EXACT),
        responseIn(ANSWER),
        responseIn(OTHER));

    assertThat(harness.last().state()).isEqualTo(State.CONFLICTING);
    assertThat(harness.last().subject().owner()).isEqualTo(SampleEvents.OWNER);
  }

  @Test
  void eachTransmissionMayHaveAResponseOfItsOwn() {
    harness.send(queryOut(QUERY), queryOut(QUERY), responseIn(ANSWER));
    harness.send(responseIn(OTHER), responseIn(OTHER));

    assertThat(harness.rows.subList(2, 5))
        .extracting(row -> row.state())
        .containsExactly(State.ANSWERED, State.DUPLICATE, State.CONFLICTING);
  }

  @Test
  void aLateResponseIsTheFirst() {
    harness.send(queryOut(QUERY).atMs(0));
    harness.send(responseIn(ANSWER).atMs(1_500), responseIn(ANSWER).atMs(1_600));

    assertThat(harness.rowTexts())
        .containsExactly("Q", "T TIMEOUT", "R LATE 1500ms", "R DUPLICATE 1600ms");
  }

  @Test
  void theServersSideIsMarkedToo() {
    harness.send(queryIn(QUERY), responseOut(ANSWER), responseOut(ANSWER));

    assertThat(harness.last().state()).isEqualTo(State.DUPLICATE);
  }

  @Test
  void ofAnotherQuestionIsAnOrphan() {
    harness.send(queryOut(QUERY), responseIn(ANSWER));
    harness.send(responseIn(Messages.response(7, "other.example.org.", Type.A)));

    assertThat(harness.last().state()).isEqualTo(State.ORPHAN);
  }

  @Test
  void withoutAQuestionComparesLikeAnyOther() {
    byte[] bare = Arrays.copyOf(ANSWER, 12);
    Arrays.fill(bare, 4, 12, (byte) 0);
    harness.send(queryOut(QUERY), responseIn(ANSWER), responseIn(bare));

    assertThat(harness.last().state()).isEqualTo(State.CONFLICTING);
  }

  @Test
  void multicastHasManyResponders() {
    harness.send(
        queryOut(QUERY).to("224.0.0.251", 5353).from("192.0.2.10", 5353),
        responseIn(ANSWER).from("192.0.2.10", 5353).to("192.0.2.10", 5353),
        responseIn(OTHER).from("192.0.2.10", 5353).to("192.0.2.10", 5353));

    assertThat(harness.rows)
        .noneMatch(row -> row.state() == State.DUPLICATE || row.state() == State.CONFLICTING);
  }

  @Test
  void aLongResponseIsComparedByItsCounts() {
    Record[] many = new Record[100];
    Record[] others = new Record[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = Messages.a(NAME, "192.0.2." + i);
      others[many.length - 1 - i] = many[i];
    }
    byte[] long1 = Messages.response(7, NAME, Type.A, many);
    byte[] long2 = Messages.response(7, NAME, Type.A, others);
    harness.send(queryOut(QUERY), responseIn(long1), responseIn(long2), responseIn(ANSWER));

    assertThat(harness.rows.subList(1, 4))
        .extracting(row -> row.state())
        .containsExactly(State.ANSWERED, State.DUPLICATE, State.CONFLICTING);
  }

  @Test
  void haveRowsOfTheirOwnBesideLookups() {
    PipelineHarness lookups = PipelineHarness.forLookups();
    byte[] query = Messages.query(7, NAME, Type.MX);
    byte[] answer = Messages.response(7, NAME, Type.MX);
    lookups.send(queryOut(query).atMs(0), responseIn(answer).atMs(5), responseIn(answer).atMs(6));
    lookups.pipeline.finish();

    assertThat(lookups.rows)
        .extracting(row -> row.state())
        .containsExactly(State.ANSWERED, State.DUPLICATE);
  }

  @Test
  void aQueryWithAnUnreadableNameIsAnsweredByEndpointsAndId() {
    byte[] damaged = withByte(QUERY, 12, 0xc0); // a pointer to itself
    damaged[13] = 12;
    harness.send(queryOut(damaged).atMs(0), responseIn(ANSWER).atMs(4));

    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 4ms");
    assertThat(harness.last().dns().question()).isEqualTo(new Question(NAME, Type.A));
  }
}

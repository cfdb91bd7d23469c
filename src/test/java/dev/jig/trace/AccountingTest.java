package dev.jig.trace;

import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.event.Qr;
import dev.jig.filter.FilterExpression;
import dev.jig.filter.PortSet;
import dev.jig.fixture.TcpMessages;
import dev.jig.golden.Messages;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// Every message is printed, filtered or dropped, and counted as exactly one of them.
final class AccountingTest {
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(7, NAME, Type.A);
  private static final byte[] ANSWER =
      Messages.response(7, NAME, Type.A, Messages.a(NAME, "192.0.2.80"));
  private static final byte[] NOISE = {1, 2, 3, 4, 5};

  private PipelineHarness harness = new PipelineHarness();

  @AfterEach
  void everyMessageIsAccountedFor() {
    assertThat(harness.pipeline.counters().isBalanced())
        .describedAs("%s", harness.pipeline.counters())
        .isTrue();
  }

  private Counters counters() {
    return harness.pipeline.counters();
  }

  /// A query with the Z bit set: readable, but not strictly valid.
  private static byte[] sloppy() {
    byte[] query = QUERY.clone();
    query[3] |= 0x40;
    return query;
  }

  @Test
  void countsRowsAndFilteredMessages() {
    harness = new PipelineHarness(Scope.EVERYTHING, event -> event.qr() == Qr.R, false);
    harness.send(queryOut(QUERY), responseIn(ANSWER), responseIn(ANSWER));
    assertThat(counters())
        .hasToString(
            "messages 3, rows 2, filtered 1, malformed 0, notDns 0, nameUnknown 0, containerUnknown 0, copies 0, folded 0");
  }

  @Test
  void aMessageOfAnotherNameThanTheFiltersIsOnlyCounted() {
    harness = filtered("name:other.example.org.");
    harness.send(queryOut(QUERY));
    assertThat(harness.pipeline.pending()).isZero();
    harness.send(responseIn(ANSWER));
    assertThat(harness.rows).isEmpty();
    assertThat(counters().filtered()).isEqualTo(2);
  }

  @Test
  void aQueryAndItsResponsePassWhateverTheLetterCaseOfTheirNames() {
    harness = filtered("name:" + NAME);
    String upperCase = NAME.toUpperCase(Locale.ROOT);
    harness.send(queryOut(Messages.query(7, upperCase, Type.A)), responseIn(ANSWER));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 0ms");
  }

  private static PipelineHarness filtered(String filter) {
    return new PipelineHarness(Scope.EVERYTHING, FilterExpression.parse(List.of(filter)), false);
  }

  @Test
  void countsUnreadableBytesAsMalformedOnADnsPortOnly() {
    harness.send(queryOut(NOISE), queryOut(NOISE).to("192.0.2.1", 40_000), responseIn(ANSWER));
    assertThat(counters().malformed()).isEqualTo(1);
    assertThat(counters().notDns()).isEqualTo(1);
    assertThat(harness.rows).hasSize(1);
  }

  @Test
  void printsWhatWasReadableBeforeTheDamage() {
    byte[] cut = Arrays.copyOf(ANSWER, ANSWER.length - 2);
    harness.send(queryOut(QUERY), responseIn(cut));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 0ms");
    assertThat(harness.last().dns().answerCount()).isEqualTo(1);
    assertThat(harness.last().dns().addresses()).isEmpty();
    assertThat(counters().partlyMalformed()).isEqualTo(1);
  }

  @Test
  void readsMessagesOfADnsSocketOnAnyPortOnTheWire() {
    harness.send(queryOut(sloppy()).to("127.0.0.11", 40_123).asked("127.0.0.11", 53));
    assertThat(harness.rows).hasSize(1);
  }

  @Test
  void isStrictWithAnyPortExceptOnADnsPort() {
    harness = new PipelineHarness(Scope.EVERYTHING, _ -> true, true);
    harness.send(
        queryOut(sloppy()),
        queryOut(sloppy()).to("192.0.2.1", 4_000),
        queryOut(NOISE),
        queryOut(Messages.query(8, NAME, Type.A)).to("192.0.2.1", 4_000));
    assertThat(harness.rows)
        .extracting(row -> row.flow().destination().port())
        .containsExactly(53, 4_000);
    assertThat(counters().notDns()).isEqualTo(1);
    assertThat(counters().malformed()).isEqualTo(1);
  }

  @Test
  void countsCompleteMessagesAndDropsTheRestAtTheEnd() {
    byte[] two = TcpMessages.framed(QUERY, Messages.query(8, NAME, Type.MX));
    byte[] cut = Arrays.copyOf(two, two.length - 1);
    harness.send(queryOut(cut).tcp(1_000), queryOut(two).tcp(1_000 + cut.length + 1).cookie(2));
    assertThat(counters().messages()).isEqualTo(3);
    assertThat(counters().tcpBytesDropped()).isEqualTo(two.length / 2 - 1);
  }

  @Test
  void countsAnEmptyMessageAsMalformed() {
    byte[] query = TcpMessages.framed(QUERY);
    harness.send(queryOut(query).tcp(1), queryOut(new byte[] {0, 0}).tcp(1 + query.length));
    assertThat(counters().malformed()).isEqualTo(1);
  }

  @Test
  void keepsNoPendingQueryOfAnUnwantedCgroup() {
    harness = new PipelineHarness(ScriptedScope.always(new Verdict(Decision.SKIP, null)));
    harness.send(queryOut(QUERY), responseIn(ANSWER)).tickMs(5_000);
    assertThat(harness.rows).isEmpty();
    assertThat(counters().filtered()).isEqualTo(2);
    assertThat(harness.pipeline.pending()).isZero();
  }

  @Test
  void holdsRowsUntilTheNameIsKnownAndKeepsTheirOrder() {
    // Given
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY).cgroup(7).atMs(0), responseIn(ANSWER).cgroup(7).atMs(1));
    assertThat(harness.rows).isEmpty();

    // When
    scope.verdict = ScriptedScope.named("web");
    harness.send(queryOut(Messages.query(9, NAME, Type.A)).cgroup(7).atMs(2)).tickMs(3);

    // Then
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 1ms", "Q");
    assertThat(harness.rows)
        .allSatisfy(row ->
            assertThat(Objects.requireNonNull(row.subject().container()).name()).isEqualTo("web"));
  }

  @Test
  void holdsATRowBehindItsOwnQuery() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY).atMs(0));
    scope.verdict = ScriptedScope.named("web");
    harness.closeSocket(1, 1).tickMs(2);
    assertThat(harness.rowTexts()).containsExactly("Q", "T CLOSED");
  }

  @Test
  void doesNotHoldOtherCgroups() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.named("web"));
    scope.byCgroup.put(8L, ScriptedScope.HOLD);
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY).cgroup(8), queryIn(QUERY).cgroup(7));
    assertThat(harness.rows).hasSize(1);
    scope.byCgroup.put(8L, ScriptedScope.named("late"));
    harness.tickMs(1);
    assertThat(harness.rows).hasSize(2);
  }

  @Test
  void printsWithoutANameAfterTheWait() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY).atMs(0)).tickMs(499);
    assertThat(harness.rows).isEmpty();
    harness.tickMs(500);
    assertThat(harness.rowTexts()).containsExactly("Q");
  }

  @Test
  void countsNameUnknownIfTheSelectionNeedsTheName() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    scope.afterWaiting = ScriptedScope.NAME_UNKNOWN;
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY).atMs(0)).tickMs(4_999);
    assertThat(counters().nameUnknown()).isZero();
    harness.tickMs(5_000);
    assertThat(harness.rows).isEmpty();
    assertThat(counters().nameUnknown()).isEqualTo(1);
  }

  @Test
  void countsContainerUnknown() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    scope.afterWaiting = new Verdict(Decision.CONTAINER_UNKNOWN, null);
    scope.byCgroup.put(8L, scope.afterWaiting);
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY).atMs(0), queryIn(QUERY).cgroup(8).atMs(0)).tickMs(500);
    assertThat(harness.rows).isEmpty();
    assertThat(counters().containerUnknown()).isEqualTo(2);
  }

  @Test
  void dropsAtOnceIfNoRuntimeCanGiveTheName() {
    harness = new PipelineHarness(ScriptedScope.always(new Verdict(Decision.NAME_UNKNOWN, null)));
    harness.send(queryOut(QUERY)).tickMs(1_000);
    assertThat(harness.rows).isEmpty();
    assertThat(counters().nameUnknown()).isEqualTo(1);
  }

  @Test
  void releasesHeldRowsAtTheEnd() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY));
    scope.verdict = ScriptedScope.named("web");
    harness.pipeline.finish();
    assertThat(Objects.requireNonNull(harness.last().subject().container()).name())
        .isEqualTo("web");
  }

  @Test
  void namesATRowLikeItsQuery() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.named("web"));
    harness = new PipelineHarness(scope);
    harness.send(queryOut(QUERY));
    scope.verdict = new Verdict(Decision.NAME_UNKNOWN, null); // it ended and is evicted
    harness.tickMs(1_000);
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT");
    assertThat(Objects.requireNonNull(harness.last().subject().container()).name())
        .isEqualTo("web");
  }

  @Test
  void survivesATimeoutOfCenturies() {
    Packets first = queryOut(QUERY).atMs(1_767_225_600_000L);
    Pipeline pipeline =
        new Pipeline(
            PipelineConfig.of(
                PortSet.parse("53"),
                Long.MAX_VALUE,
                new RowDetails(false, false, false, false, false),
                _ -> true),
            Scope.EVERYTHING,
            null,
            _ -> {});
    pipeline.onPacket(first.build());
    pipeline.tick(1_767_325_600_000_000_000L);
    assertThat(pipeline.pending()).isEqualTo(1);
  }
}

package dev.jig.trace;

import static dev.jig.capture.Packets.CLIENT;
import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.dns.DnsMessage;
import dev.jig.event.Attribution;
import dev.jig.event.Flags;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Qr;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.golden.Messages;
import dev.jig.match.PendingListeners;
import dev.jig.match.PendingQueries;
import dev.jig.match.QueryKey;
import dev.jig.match.Role;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Type;

/// Queries without a response, and their bounds.
final class UnansweredTest {
  private static final byte[] QUERY = query(7);
  private static final byte[] ANSWER = Messages.response(7, name(7), Type.A);

  private final PipelineHarness harness = new PipelineHarness();

  private static String name(int i) {
    return "n" + i + ".example.test.";
  }

  private static byte[] query(int i) {
    return Messages.query(i & 0xffff, name(i), Type.A);
  }

  @Test
  void reportsAQueryAfterTheTimeout() {
    Owner asker = SampleEvents.owner("asker");
    harness.send(queryOut(QUERY).owner(asker, Attribution.EXACT).asked("127.0.0.11", 53).atMs(10));

    harness.tickMs(1_009);
    assertThat(harness.rowTexts()).containsExactly("Q");
    harness.tickMs(1_010);

    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT");
    Row row = harness.last();
    assertThat(row.subject().owner()).isEqualTo(asker);
    assertThat(row.flow().packetType()).isEqualTo(PacketType.OUTGOING);
    assertThat(row.flow().nameserver()).hasToString("127.0.0.11");
    assertThat(row.timestampNs()).isEqualTo(1_010_000_000);
    assertThat(Objects.requireNonNull(row.dns().question()).name()).isEqualTo(name(7));
    assertThat(row.dns().flags()).isEqualTo(Flags.NONE);
    assertThat(row.dns().rcode()).isZero();
  }

  @Test
  void reportsAQueryOnce() {
    harness.send(queryOut(QUERY)).tickMs(1_000).tickMs(2_000).closeSocket(1, 2_500).tickMs(90_000);
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT");
    assertThat(harness.pipeline.pending()).isZero();
  }

  @Test
  void givesALateResponseItsLatency() {
    harness.send(queryOut(QUERY)).tickMs(1_000).send(responseIn(ANSWER).atMs(39_000));
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT", "R LATE 39000ms");
  }

  @Test
  void reportsALateResponseWithoutATickBefore() {
    harness.send(queryOut(QUERY), responseIn(ANSWER).atMs(1_001));
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT", "R LATE 1001ms");
  }

  @Test
  void makesAnOrphanOfAResponseThatIsTooLate() {
    harness
        .send(queryOut(QUERY))
        .tickMs(1_000)
        .tickMs(40_000)
        .send(responseIn(ANSWER).atMs(40_001));
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT", "R ORPHAN");
  }

  @Test
  void reportsAQueryWhenItsSocketIsClosed() {
    harness.send(queryOut(QUERY).atMs(0)).closeSocket(1, 300);
    assertThat(harness.rowTexts()).containsExactly("Q", "T CLOSED");
    assertThat(harness.last().timestampNs()).isEqualTo(300_000_000);
    harness.tickMs(5_000);
    assertThat(harness.rows).hasSize(2);
  }

  @Test
  void reportsAResponseToAClosedSocketAsLate() {
    harness.send(queryOut(QUERY)).closeSocket(1, 300).send(responseIn(ANSWER).atMs(301));
    assertThat(harness.rowTexts()).containsExactly("Q", "T CLOSED", "R LATE 301ms");
  }

  @Test
  void reportsOnlyTheClosedSocketsQueriesInOrder() {
    harness.send(
        queryOut(query(1)).cookie(5),
        queryOut(query(2)).cookie(6),
        queryOut(query(3)).cookie(5),
        queryIn(query(4)).cookie(5));

    harness.closeSocket(5, 10);

    assertThat(harness.rowTexts()).endsWith("T CLOSED", "T CLOSED").hasSize(6);
    assertThat(harness.rows.subList(4, 6)).extracting(row -> row.dns().id()).containsExactly(1, 3);
    assertThat(harness.pipeline.pending()).isEqualTo(2);
  }

  @Test
  void reportsNothingOnTheServersSide() {
    harness.send(queryIn(QUERY)).tickMs(1_000);
    assertThat(harness.rowTexts()).containsExactly("Q");
  }

  @ParameterizedTest
  @CsvSource({
    "40001,224.0.0.251,5353",
    "5353,224.0.0.251,5353",
    "5353,ff02::fb,5353",
    "5353,192.0.2.77,5353",
    "40001,224.0.0.252,5355",
    "40001,192.0.2.77,5355",
    "40001,255.255.255.255,53"
  })
  void reportsNoMulticastOrBroadcastQuery(int from, String to, int port) {
    harness
        .send(queryOut(QUERY).from(CLIENT, from).to(to, port))
        .tickMs(1_000)
        .closeSocket(1, 2_000);
    assertThat(harness.rowTexts()).containsExactly("Q");
  }

  @Test
  void reportsAUnicastQueryToTheMulticastDnsPort() {
    harness.send(queryOut(QUERY).to("198.51.100.53", 5353)).tickMs(1_000);
    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT");
  }

  @Test
  void countsTRowsSeparatelyAndFiltersThem() {
    PipelineHarness onlyQueries =
        new PipelineHarness(Scope.EVERYTHING, event -> event.qr() == Qr.Q, false);
    onlyQueries.send(queryOut(QUERY)).tickMs(1_000);
    harness.send(queryOut(QUERY)).tickMs(1_000);

    assertThat(onlyQueries.rowTexts()).containsExactly("Q");
    assertThat(harness.pipeline.counters().unansweredRows()).isEqualTo(1);
    assertThat(harness.pipeline.counters().rows()).isEqualTo(1);
    assertThat(harness.pipeline.counters().isBalanced()).isTrue();
    assertThat(onlyQueries.pipeline.counters().isBalanced()).isTrue();
  }

  @Test
  void matchesAHundredQueriesAfterTwoThousandUnanswered() {
    // Given
    for (int i = 0; i < 2_000; i++) {
      harness.send(queryOut(query(i)));
    }

    // When
    for (int i = 2_000; i < 2_100; i++) {
      byte[] answer = Messages.response(i, name(i), Type.A);
      harness.send(queryOut(query(i)).atMs(i), responseIn(answer).atMs(i + 3));
    }
    harness.tickMs(5_000);

    // Then
    assertThat(harness.rowTexts().stream().filter("R ANSWERED 3ms"::equals)).hasSize(100);
    assertThat(harness.rowTexts().stream().filter("T TIMEOUT"::equals)).hasSize(2_000);
    assertThat(harness.pipeline.evicted()).isZero();
  }

  @Test
  @Timeout(20)
  void evictsBeyondTheBoundAndCounts() {
    // Given a million distinct queries; the message differs by its id and a counter in its name
    PendingQueries pending = new PendingQueries(1_000, 1_024, false, PendingListeners.NONE);
    byte[] bytes = Messages.query(0, "aaaaaaaa.example.test.", Type.A);
    DnsMessage message = new DnsMessage();
    Query event = SampleEvents.query().buildQuery();
    QueryKey key = new QueryKey(Role.CLIENT, 1, 5, SampleEvents.RESOLVER, 53);

    // When
    for (int i = 0; i < 1_000_000; i++) {
      for (int digit = 0; digit < 8; digit++) {
        bytes[13 + digit] = (byte) ('a' + (i >>> 4 * digit & 0xf));
      }
      message.wrap(bytes, 0, bytes.length);
      pending.addQuery(key, message, event, 7, i);
    }

    // Then the newest are there, the others counted
    assertThat(pending.size()).isEqualTo(1_000);
    assertThat(pending.waiting()).isEqualTo(1_000);
    assertThat(pending.evicted()).isEqualTo(999_000);
    assertThat(pending.matchResponse(key, message, 0)).isNotNull();
    assertThat(pending.matchResponse(key, message, 0)).isNull();
  }

  @Test
  void evictsReportedQueriesBeforeWaitingOnes() {
    // Given room for two: one reported, one waiting
    PendingQueries pending = new PendingQueries(2, 1_024, false, PendingListeners.NONE);
    DnsMessage message = new DnsMessage();
    Query event = SampleEvents.query().buildQuery();
    QueryKey key = new QueryKey(Role.CLIENT, 1, 5, SampleEvents.RESOLVER, 53);
    ask(pending, message, key, event, 1);
    ask(pending, message, key, event, 2);
    pending.expire(1, _ -> {});

    // When
    ask(pending, message, key, event, 3);

    // Then nothing that waits was lost
    assertThat(pending.waiting()).isEqualTo(2);
    assertThat(pending.evicted()).isZero();
  }

  private static void ask(
      PendingQueries pending, DnsMessage message, QueryKey key, Query event, int i) {
    byte[] bytes = query(i);
    message.wrap(bytes, 0, bytes.length);
    pending.addQuery(key, message, event, 7, i);
  }
}

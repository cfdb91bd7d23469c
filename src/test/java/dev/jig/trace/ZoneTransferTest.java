package dev.jig.trace;

import static dev.jig.capture.Packets.queryIn;
import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static dev.jig.capture.Packets.responseOut;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.fixture.TcpMessages;
import dev.jig.golden.Messages;
import dev.jig.match.PendingListeners;
import dev.jig.match.PendingQueries;
import dev.jig.match.QueryKey;
import dev.jig.match.Role;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/// Zone transfers: many messages answer one query.
final class ZoneTransferTest {
  private static final String ZONE = "example.test.";
  private static final byte[] QUERY = Messages.query(7, ZONE, Type.AXFR);
  private static final Record SOA = soa();
  private static final Record A = Messages.a("www.example.test.", "192.0.2.1");

  private final PipelineHarness harness = new PipelineHarness();
  private int sentOut;
  private int sentIn;

  private static Record soa() {
    Name host = Name.fromConstantString("ns.example.test.");
    return new SOARecord(Name.fromConstantString(ZONE), DClass.IN, 60, host, host, 17, 1, 2, 3, 4);
  }

  private static byte[] message(Record... records) {
    return Messages.response(7, ZONE, Type.AXFR, records);
  }

  private Packets ask(byte[] query) {
    byte[] framed = TcpMessages.framed(query);
    Packets packet = queryOut(framed).tcp(sentOut);
    sentOut += framed.length;
    return packet;
  }

  private Packets answer(byte[]... messages) {
    byte[] framed = TcpMessages.framed(messages);
    Packets packet = responseIn(framed).tcp(sentIn);
    sentIn += framed.length;
    return packet;
  }

  @Test
  void answersTheQueryWithEachMessage() {
    harness.send(
        ask(QUERY),
        answer(message(SOA, A)).atMs(10),
        answer(message(A), message(A)).atMs(20),
        answer(message(A, SOA)).atMs(30),
        answer(message(A)).atMs(40));
    assertThat(harness.rowTexts())
        .containsExactly(
            "Q",
            "R ANSWERED 10ms",
            "R ANSWERED 20ms",
            "R ANSWERED 20ms",
            "R ANSWERED 30ms",
            "R ORPHAN");
  }

  @Test
  void matchesOnTheServersSideToo() {
    byte[] query = TcpMessages.framed(QUERY);
    byte[] begin = TcpMessages.framed(message(SOA, A));
    byte[] end = TcpMessages.framed(message(SOA));
    harness.send(
        queryIn(query).tcp(),
        responseOut(begin).tcp().atMs(1),
        responseOut(end).tcp(begin.length).atMs(2));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 1ms", "R ANSWERED 2ms");
  }

  @Test
  void matchesAnotherQueryOnTheSameConnection() {
    byte[] other = Messages.query(8, "www.example.test.", Type.A);
    byte[] reply = Messages.response(8, "www.example.test.", Type.A, A);
    harness.send(
        ask(QUERY),
        answer(message(SOA, A)).atMs(10),
        ask(other).atMs(11),
        answer(reply).atMs(14),
        answer(message(SOA)).atMs(30));
    assertThat(harness.rowTexts())
        .containsExactly("Q", "R ANSWERED 10ms", "Q", "R ANSWERED 3ms", "R ANSWERED 30ms");
  }

  @Test
  void mayLastLongerThanTheTimeout() {
    harness.send(ask(QUERY), answer(message(SOA, A)).atMs(10)).tickMs(30_000);
    harness.send(answer(message(A)).atMs(30_000)).tickMs(65_000);
    harness.send(answer(message(SOA)).atMs(65_000));
    assertThat(harness.rowTexts())
        .containsExactly("Q", "R ANSWERED 10ms", "R ANSWERED 30000ms", "R ANSWERED 65000ms");
  }

  @Test
  void isEvictedWithoutAMessageForTooLong() {
    harness.send(ask(QUERY), answer(message(SOA, A)).atMs(10)).tickMs(40_010);
    harness.send(answer(message(SOA)).atMs(40_011));
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 10ms", "R ORPHAN");
  }

  @Test
  void makesNoTRowIfTheSocketIsClosedEarly() {
    harness.send(ask(QUERY), answer(message(SOA, A)).atMs(10)).closeSocket(1, 20).tickMs(60_000);
    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 10ms");
  }

  @Test
  void isOneLookupWithAllRecords() {
    PipelineHarness lookups = PipelineHarness.forLookups();
    lookups.send(
        ask(QUERY), answer(message(SOA, A)).atMs(10), answer(message(A), message(SOA)).atMs(30));
    Row row = lookups.last();
    assertThat(lookups.rows).hasSize(1);
    assertThat(row.latencyNs()).isEqualTo(30_000_000);
    assertThat(row.dns().answerCount()).isEqualTo(4);
    assertThat(Objects.requireNonNull(row.lookup()).attempts().getFirst().messages()).isEqualTo(3);
  }

  @Test
  void isAClosedLookupIfTheSocketIsClosedEarly() {
    PipelineHarness lookups = PipelineHarness.forLookups();
    lookups.send(ask(QUERY), answer(message(SOA, A)).atMs(10)).closeSocket(1, 20).tickMs(520);
    assertThat(lookups.rows).hasSize(1);
    assertThat(lookups.last().state()).isEqualTo(State.CLOSED);
    assertThat(Objects.requireNonNull(lookups.last().lookup()).attempts().getFirst().messages())
        .isEqualTo(1);
  }

  @Test
  void isEvictedBeyondTheBound() {
    PendingQueries pending = new PendingQueries(65_536, 65_536, false, PendingListeners.NONE);
    DnsMessage query = new DnsMessage();
    query.wrap(QUERY, 0, QUERY.length);
    byte[] bytes = message(SOA, A);
    DnsMessage begin = new DnsMessage();
    begin.wrap(bytes, 0, bytes.length);
    Query event = SampleEvents.query().with(it -> it.protocol = Protocol.TCP).buildQuery();
    for (int i = 0; i < 2 * PendingQueries.MAX_TRANSFERS; i++) {
      QueryKey key = new QueryKey(Role.CLIENT, i, 7, SampleEvents.RESOLVER, 53);
      pending.addQuery(key, query, event, 7, i);
      pending.matchResponse(key, begin, i);
    }
    assertThat(pending.transferring()).isEqualTo(PendingQueries.MAX_TRANSFERS);
    assertThat(pending.size()).isEqualTo(PendingQueries.MAX_TRANSFERS);
  }
}

package dev.jig.match;

import dev.jig.dns.DnsMessage;
import dev.jig.dns.ZoneTransfer;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.Protocol;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A query that waits for its answer, linked into the lists of [PendingQueries].
public final class PendingQuery {
  /// LLMNR, RFC 4795.
  private static final int LLMNR_PORT = 5355;

  /// RFC 6762; who sends from here too takes part in multicast DNS, also where it asks one machine.
  private static final int MDNS_PORT = 5353;

  private static final IpAddress BROADCAST = IpAddress.v4(-1);

  public final QueryKey key;
  public final long cgroupId;
  public final long firstBootNs;

  /// The query's row, with what was known of its container then.
  public final DnsEvent event;

  /// Canonical form, of [DnsMessage#copyQuestion]; empty if it has none.
  final byte[] question;

  final long questionHash;

  /// How often it was sent.
  int tries = 1;

  /// Reported unanswered; kept so that a late answer still gets its latency.
  boolean reported;

  /// Answered by a message after which more are to come.
  public boolean transferring;

  /// When the last of them came.
  long lastBootNs;

  /// What the query is a try of, where lookups are told.
  @Nullable OpenLookup lookup;

  private final @Nullable ZoneTransfer transfer;

  @Nullable PendingQuery nextInBucket;
  @Nullable PendingQuery previousOfFlow;
  @Nullable PendingQuery nextOfFlow;
  @Nullable PendingQuery previousInTime;
  @Nullable PendingQuery nextInTime;

  /// @param message the query, of which the question is copied
  /// @param scratch room for a question
  PendingQuery(
      QueryKey key,
      DnsMessage message,
      byte[] scratch,
      long cgroupId,
      long firstBootNs,
      DnsEvent event) {
    this.key = key;
    this.question = Arrays.copyOf(scratch, message.copyQuestion(scratch, 0));
    this.questionHash = message.questionHash();
    this.cgroupId = cgroupId;
    this.firstBootNs = firstBootNs;
    this.event = event;
    this.transfer = event.protocol() == Protocol.TCP ? ZoneTransfer.askedBy(message) : null;
  }

  /// Whether more answers follow this one.
  boolean isPartialAnswer(DnsMessage response) {
    return transfer != null && !transfer.isLast(response);
  }

  /// Whether a message asks, or answers, exactly this.
  boolean hasSameQuestion(DnsMessage message) {
    return questionHash == message.questionHash()
        && (message.hasQuestion()
            ? message.questionEquals(question, 0, question.length)
            : question.length == 0);
  }

  /// Whether its owner is known.
  boolean hasOwner() {
    return event.owner() != null;
  }

  /// Whether it went to a group, whose members answer as they please.
  boolean isMulticast() {
    return event.destination().address().isMulticast();
  }

  /// Whether silence says something: who is asked by multicast or broadcast answers only if he
  /// knows.
  public boolean expectsAnswer() {
    int from = event.source().port();
    Endpoint to = event.destination();
    return !isMulticast()
        && !to.address().equals(BROADCAST)
        && to.port() != LLMNR_PORT
        && !(from == MDNS_PORT && to.port() == MDNS_PORT);
  }
}

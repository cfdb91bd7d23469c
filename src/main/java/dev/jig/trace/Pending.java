package dev.jig.trace;

import dev.jig.dns.DnsMessage;
import dev.jig.dns.ZoneTransfer;
import dev.jig.event.DnsEvent;
import dev.jig.event.Protocol;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A query that waits for its answer, linked into the lists of [PendingQueries].
final class Pending {
  final QueryKey key;
  final long cgroupId;
  final long firstBootNs;

  /// The query's row, with what was known of its container then.
  final DnsEvent event;

  /// Canonical form, of [DnsMessage#copyQuestion]; empty if it has none.
  final byte[] question;

  final long questionHash;

  /// How often it was sent.
  int tries = 1;

  /// Reported unanswered; kept so that a late answer still gets its latency.
  boolean reported;

  /// Answered by a message after which more are to come.
  boolean transferring;

  /// When the last of them came.
  long lastBootNs;

  /// What the query is a try of, where lookups are told.
  @Nullable OpenLookup lookup;

  private final @Nullable ZoneTransfer transfer;

  @Nullable Pending nextInBucket;
  @Nullable Pending previousOfFlow;
  @Nullable Pending nextOfFlow;
  @Nullable Pending previousInTime;
  @Nullable Pending nextInTime;

  /// @param message the query, of which the question is copied
  /// @param scratch room for a question
  Pending(
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
  boolean isAnsweredOnlyInPart(DnsMessage response) {
    return transfer != null && !transfer.isLast(response);
  }

  /// Whether a message asks, or answers, exactly this.
  boolean hasQuestionOf(DnsMessage message) {
    return questionHash == message.questionHash()
        && (message.hasQuestion()
            ? message.questionEquals(question, 0, question.length)
            : question.length == 0);
  }

  /// Whether its owner is known.
  boolean isOwned() {
    return event.owner() != null;
  }

  /// Whether it went to a group, whose members answer as they please.
  boolean isMulticast() {
    return event.destination().address().isMulticast();
  }
}

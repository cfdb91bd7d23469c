package dev.jig.trace;

import dev.jig.event.DnsEvent;
import org.jspecify.annotations.Nullable;

/// A query that waits for its answer, linked into the lists of [PendingQueries].
final class Pending {
  final QueryKey key;

  /// Canonical form, of [dev.jig.dns.DnsMessage#copyQuestion].
  final byte[] question;

  final long cgroupId;
  final long firstBootNs;

  /// The query's row, with what was known of its container then.
  final DnsEvent event;

  int tries = 1;

  /// Reported unanswered; kept so that a late answer still gets its latency.
  boolean reported;

  @Nullable Pending nextInBucket;
  @Nullable Pending previousOfFlow;
  @Nullable Pending nextOfFlow;
  @Nullable Pending previousInTime;
  @Nullable Pending nextInTime;

  Pending(QueryKey key, byte[] question, long cgroupId, long firstBootNs, DnsEvent event) {
    this.key = key;
    this.question = question;
    this.cgroupId = cgroupId;
    this.firstBootNs = firstBootNs;
    this.event = event;
  }

  /// Whether its owner is known.
  boolean owned() {
    return event.owner() != null;
  }
}

package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// One line of output: a message seen at one socket, a query that got no response, a whole lookup,
/// or a name with all its lookups.
public sealed interface Row permits Query, Response, Timeout, LookupRow, NameRow {
  /// The latency where it is unknown.
  long NO_LATENCY = Long.MIN_VALUE;

  /// Nanoseconds since the epoch.
  long timestampNs();

  /// The container and process that own the socket of the message.
  Subject subject();

  /// The addresses.
  Flow flow();

  /// The message; for a lookup its answer, without an answer its question.
  Dns dns();

  /// How the query ended; null on queries.
  default @Nullable State state() {
    return null;
  }

  /// How a lookup ended for its client; null on rows of single messages, and of responses beside a
  /// lookup.
  default @Nullable Outcome outcome() {
    return null;
  }

  /// Why the message, or for a lookup its last query, got lost; null where unknown.
  default @Nullable Cause cause() {
    return null;
  }

  /// From the query to its response, in nanoseconds; [#NO_LATENCY] where unknown.
  default long latencyNs() {
    return NO_LATENCY;
  }

  /// The process at the other end, if it runs on this machine and peers are resolved.
  default @Nullable Subject peer() {
    return null;
  }

  /// The attempts; null on rows of single messages.
  default @Nullable Lookup lookup() {
    return null;
  }

  /// The value of the column `qr`.
  Qr qr();

  /// A copy with another subject.
  Row withSubject(Subject newSubject);

  /// A copy with another flow.
  Row withFlow(Flow newFlow);

  /// A copy with the message's bytes; a row without a message is returned as it is.
  default Row withMessage(WireMessage message) {
    return this;
  }
}

package dev.jig.match;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Cause;
import dev.jig.event.Query;
import org.jspecify.annotations.Nullable;

/// One attempt of a lookup: a transmission of a query, or a TCP connection that has carried none.
final class OpenAttempt {
  /// Null for a connection without a query.
  final @Nullable PendingQuery query;

  /// Of this transmission; for a connection made from the query before.
  final Query row;

  final long bootNs;
  AttemptState state = AttemptState.WAITING;
  private long durationNs;
  int messages;
  @Nullable Integer rcode;

  /// Of a connection, or of a transmission that was repeated; the latest transmission's is with its
  /// query.
  @Nullable Cause ownCause;

  @Nullable OpenAttempt previous;
  @Nullable OpenAttempt next;

  OpenAttempt(@Nullable PendingQuery query, Query row, long bootNs) {
    this.query = query;
    this.row = row;
    this.bootNs = bootNs;
  }

  boolean isWaiting() {
    return state == AttemptState.WAITING;
  }

  void end(AttemptState how, long atNs) {
    state = how;
    durationNs = atNs - bootNs;
  }

  /// Why there was no response; null where unknown.
  @Nullable Cause cause() {
    if (state.hasResponse()) {
      return null;
    }
    return query == null || state == AttemptState.REPEATED ? ownCause : query.cause();
  }

  Attempt toAttempt() {
    return new Attempt(
        row.timestampNs(),
        row.flow().protocol(),
        row.flow().nameserver(),
        row.dns().id(),
        state,
        cause(),
        durationNs,
        rcode,
        messages,
        query == null ? Attempt.NO_EDNS : query.ednsSize);
  }
}

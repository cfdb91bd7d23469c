package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// A query without a response (`qr` T).
///
/// @param timestampNs when the wait ended
/// @param flow of the query
/// @param dns id and question of the query
/// @param state TIMEOUT, or CLOSED if the socket was closed first
/// @param cause why there was no response; null where unknown
/// @param peer the process of this machine that the query reached; null if it was seen at none
public record Timeout(
    long timestampNs,
    Subject subject,
    Flow flow,
    Dns dns,
    State state,
    @Nullable Cause cause,
    @Nullable Subject peer)
    implements Row {
  @Override
  public Qr qr() {
    return Qr.T;
  }

  @Override
  public Timeout withSubject(Subject newSubject) {
    return new Timeout(timestampNs, newSubject, flow, dns, state, cause, peer);
  }

  @Override
  public Timeout withFlow(Flow newFlow) {
    return new Timeout(timestampNs, subject, newFlow, dns, state, cause, peer);
  }
}

package dev.jig.event;

/// The state of one query of a lookup.
public enum AttemptState {
  ANSWERED,
  /// Answered with TC set: the client repeats the query over TCP (RFC 7766 section 5).
  TRUNCATED,
  /// Sent again with the same id; a response counts for the last query sent.
  REPEATED,
  TIMEOUT,
  CLOSED,
  /// Answered after a timeout.
  LATE,
  /// Still pending when another query of the lookup was answered.
  WAITING;

  /// Whether a response arrived.
  public boolean hasResponse() {
    return this == ANSWERED || this == TRUNCATED || this == LATE;
  }
}

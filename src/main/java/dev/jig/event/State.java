package dev.jig.event;

/// The state of a query, on responses and on T rows.
public enum State {
  /// A response to a pending query.
  ANSWERED,
  /// A response after its query was already reported as T.
  LATE,
  /// A response without a known query.
  ORPHAN,
  /// No response within the timeout.
  TIMEOUT,
  /// The socket was closed before a response arrived.
  CLOSED
}

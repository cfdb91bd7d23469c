package dev.jig.event;

/// How a transaction ended; on responses and on T rows.
public enum State {
  /// A response to a pending query.
  ANSWERED,
  /// A response after its query had already been reported unanswered.
  LATE,
  /// A response to no query that was seen.
  ORPHAN,
  /// No answer within the timeout.
  TIMEOUT,
  /// The socket was closed before an answer came.
  CLOSED
}

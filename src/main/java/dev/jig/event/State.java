package dev.jig.event;

/// The state of a query, on responses and on T rows.
public enum State {
  /// A response to a pending query.
  ANSWERED,
  /// A response after its query was already reported as T.
  LATE,
  /// A response without a known query.
  ORPHAN,
  /// A further response to a query, with the content of an earlier one; or to a query that was sent
  /// again.
  DUPLICATE,
  /// A further response to a query that was sent once, with other content than the first: the mark
  /// of a forged one.
  CONFLICTING,
  /// No response within the timeout.
  TIMEOUT,
  /// The socket was closed before a response arrived.
  CLOSED;

  /// Whether it is a response's state; else it is that of a query without one.
  public boolean isOfResponse() {
    return switch (this) {
      case ANSWERED, LATE, ORPHAN, DUPLICATE, CONFLICTING -> true;
      case TIMEOUT, CLOSED -> false;
    };
  }
}

package dev.jig.event;

/// How certain the owner of an event is.
public enum Attribution {
  /// A UDP sender taken from the running task at egress, or the response to such a query.
  EXACT,
  /// The socket's owner: all TCP, and unmatched packets at ingress.
  SOCKET,
  /// No owner known; the event's owner is null.
  UNKNOWN
}

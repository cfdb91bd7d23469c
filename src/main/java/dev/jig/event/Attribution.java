package dev.jig.event;

/// How the owner of an event was determined.
public enum Attribution {
  /// The task running at egress (UDP), or the response to such a query.
  EXACT,
  /// The owner of the socket: all TCP packets, and UDP packets at ingress without a matching query.
  SOCKET,
  /// The owner is unknown; the component `owner` is null.
  UNKNOWN
}

package dev.jig.event;

/// The kind of a row: the QR bit of the header (RFC 1035 section 4.1.1), or T for a query without
/// response.
public enum Qr {
  /// A query.
  Q,
  /// A response.
  R,
  /// No response within the timeout, or before the socket was closed.
  T
}

package dev.jig.event;

/// What a row stands for: the header's QR bit (RFC 1035 section 4.1.1), or a query that stayed
/// without answer.
public enum Qr {
  /// A query.
  Q,
  /// A response.
  R,
  /// No answer within the timeout.
  T
}

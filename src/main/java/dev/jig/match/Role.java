package dev.jig.match;

/// Whose side of a hop a message was seen on.
public enum Role {
  /// The side that asks: queries leave, responses arrive.
  CLIENT,
  /// The side that answers: queries arrive, responses leave.
  SERVER,
  /// A capture file that does not tell: both sides in one.
  BOTH
}

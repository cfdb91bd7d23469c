package dev.jig.match;

/// The side of a hop on which a message was seen.
public enum Role {
  /// Queries leave, responses arrive.
  CLIENT,
  /// Queries arrive, responses leave.
  SERVER,
  /// Capture files, which do not show the side.
  BOTH
}

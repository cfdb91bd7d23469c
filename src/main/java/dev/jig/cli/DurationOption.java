package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.GoDuration;

/// Parses the value of a flag that is a duration.
final class DurationOption {
  private DurationOption() {}

  /// Parses a duration above 0.
  ///
  /// @param hint what to write instead
  /// @throws UserFacingException if the text is not a duration or not above 0
  static long parsePositiveNs(String flag, String text, String hint) {
    long durationNs = GoDuration.parse(text);
    if (durationNs > 0) {
      return durationNs;
    }
    throw UserFacingException.usage("\"" + text + "\" is not a value of " + flag + ".", hint);
  }
}

package dev.jig.cli;

import dev.jig.event.GoDuration;
import dev.jig.event.UsageException;

/// The value of a flag that takes a time to wait.
final class DurationOption {
  private DurationOption() {}

  /// A duration above 0.
  ///
  /// @param hint what to write instead
  /// @throws UsageException if the text is none
  static long aboveZeroNs(String flag, String text, String hint) {
    try {
      long durationNs = GoDuration.parse(text);
      if (durationNs > 0) {
        return durationNs;
      }
    } catch (UsageException e) {
      // said below, with the flag
    }
    throw new UsageException("\"" + text + "\" is no value for " + flag + ".", hint);
  }
}

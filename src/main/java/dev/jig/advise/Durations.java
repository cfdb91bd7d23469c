package dev.jig.advise;

import java.util.Locale;

/// Durations for readers, such as `0.9 ms`, `5.0 s` and `3 min 25 s`.
public final class Durations {
  private static final double MS = 1e6;
  private static final double S = 1e9;

  private Durations() {}

  /// Formats a duration.
  ///
  /// @param ns not negative
  public static String text(long ns) {
    if (ns < 10 * MS) {
      return String.format(Locale.ROOT, "%.1f ms", ns / MS);
    }
    if (ns < S) {
      return String.format(Locale.ROOT, "%.0f ms", ns / MS);
    }
    if (ns < 60 * S) {
      return String.format(Locale.ROOT, "%.1f s", ns / S);
    }
    long seconds = Math.round(ns / S);
    return seconds < 3_600
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
  }
}

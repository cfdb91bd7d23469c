package dev.jig.bench;

import java.util.Locale;

/// How lost packets of several runs are printed.
final class Loss {
  private Loss() {}

  /// Empty if no run lost any: `; lost packets in 2 of 5 runs, median 12 (0–450)`.
  static String text(Samples lost) {
    return lost.positive() == 0 ? "" : "; lost packets in " + rounds(lost, "runs");
  }

  /// `2 of 5 runs, median 12 (0–450)`.
  static String rounds(Samples lost, String runs) {
    return String.format(
        Locale.ROOT,
        "%d of %d %s, median %s",
        lost.positive(),
        lost.count(),
        runs,
        lost.text("%,.0f", ""));
  }
}

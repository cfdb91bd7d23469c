package dev.jig.top.screen;

/// A row of bars, one for each value.
final class Sparkline {
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private Sparkline() {}

  /// The newest values that fit, the highest of them a full bar.
  static String of(long[] values, int width) {
    int first = Math.max(0, values.length - Math.max(0, width));
    long highest = 1;
    for (int i = first; i < values.length; i++) {
      highest = Math.max(highest, values[i]);
    }
    StringBuilder line = new StringBuilder();
    for (int i = first; i < values.length; i++) {
      line.append(BARS.charAt((int) (values[i] * (BARS.length() - 1) / highest)));
    }
    return line.toString();
  }
}

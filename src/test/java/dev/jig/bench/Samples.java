package dev.jig.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Repeated measurements of one figure.
final class Samples {
  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  /// Adds a count.
  void add(long count) {
    values.add((double) count);
  }

  int count() {
    return values.size();
  }

  /// NaN if there are none.
  double median() {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length == 0
        ? Double.NaN
        : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /// How many of them are above 0.
  long positive() {
    return values.stream().filter(value -> value > 0).count();
  }

  /// The median, and the least and the largest: `6.93 µs (6.50–7.20)`.
  ///
  /// @param format of one number, such as `%.2f`
  String text(String format, String unit) {
    if (values.isEmpty()) {
      return "not measured";
    }
    return number(format, median())
        + unit
        + " ("
        + number(format, Collections.min(values))
        + "–"
        + number(format, Collections.max(values))
        + ")";
  }

  /// A ratio: `0.56 (0.50–0.60)`.
  String ratio() {
    return text("%.2f", "");
  }

  /// All of them in the order in which they were measured: `0, 12, 0`.
  String list(String format) {
    return String.join(", ", values.stream().map(value -> number(format, value)).toList());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

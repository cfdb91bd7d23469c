package dev.jig.bench;

import java.util.List;

/// The median of some figures.
final class Median {
  private Median() {}

  /// Returns the median, NaN if there are none.
  static double of(List<Double> figures) {
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length == 0
        ? Double.NaN
        : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

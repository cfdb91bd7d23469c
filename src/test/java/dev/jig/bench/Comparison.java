package dev.jig.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Rates of one load with each tracer, as ratios to the untraced rate of the same repeat.
final class Comparison {
  private final String figure;
  private final String aim;
  private final String unit;
  private final List<Map<Tracer, Double>> repeats = new ArrayList<>();

  Comparison(String figure, String aim, String unit) {
    this.figure = figure;
    this.aim = aim;
    this.unit = unit;
  }

  /// Adds a rate; each repeat begins with [Tracer#NONE].
  void add(Tracer tracer, double perSecond) {
    if (tracer == Tracer.NONE) {
      repeats.add(new EnumMap<>(Tracer.class));
    }
    repeats.getLast().put(tracer, perSecond);
  }

  Measurement measurement() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Tracer tracer : Tracer.values()) {
      if (tracer == Tracer.NONE) {
        text.append(
            String.format(Locale.ROOT, "untraced %,.0f %s", median(Tracer.NONE, false), unit));
      } else {
        text.append(String.format(Locale.ROOT, "; %s %.2f", tracer.title, median(tracer, true)));
      }
    }
    return new Measurement(figure, text.toString(), aim);
  }

  private double median(Tracer tracer, boolean asRatio) {
    double[] values =
        repeats.stream()
            .filter(repeat -> repeat.containsKey(tracer))
            .mapToDouble(repeat -> rate(repeat, tracer) / (asRatio ? rate(repeat, Tracer.NONE) : 1))
            .sorted()
            .toArray();
    int middle = values.length / 2;
    return values.length == 0
        ? Double.NaN
        : values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  private static double rate(Map<Tracer, Double> repeat, Tracer tracer) {
    return repeat.getOrDefault(tracer, Double.NaN);
  }
}

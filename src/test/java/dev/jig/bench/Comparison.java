package dev.jig.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// Rates of one load with each tracer, and their ratios to the untraced rate of the same repeat.
final class Comparison {
  private final Map<Tracer, Samples> rates = new EnumMap<>(Tracer.class);
  private final Map<Tracer, Samples> ratios = new EnumMap<>(Tracer.class);
  private final Map<Tracer, Double> repeat = new EnumMap<>(Tracer.class);

  /// Adds a rate of the present repeat.
  void add(Tracer tracer, double perSecond) {
    repeat.put(tracer, perSecond);
    of(rates, tracer).add(perSecond);
  }

  /// Ends a repeat, in which the load also ran untraced.
  void endRepeat() {
    double untraced = repeat.getOrDefault(Tracer.NONE, Double.NaN);
    repeat.forEach((tracer, rate) -> of(ratios, tracer).add(rate / untraced));
    repeat.clear();
  }

  /// `436,000 packets/s (430,000–440,000)`.
  String untraced(String unit) {
    return rates(Tracer.NONE, unit);
  }

  /// The rates with a tracer.
  String rates(Tracer tracer, String unit) {
    return of(rates, tracer).text("%,.0f", unit);
  }

  /// The ratios with a tracer: `0.91 (0.88–0.95)`.
  String ratio(Tracer tracer) {
    return of(ratios, tracer).ratio();
  }

  /// A row of the table, with each of these outputs of ig.
  Measurement measurement(String figure, String unit, List<Tracer> outputs, String aim) {
    StringJoiner ig = new StringJoiner("; ");
    for (Tracer output : outputs) {
      ig.add((outputs.size() > 1 ? output.title + " " : "") + ratio(output));
    }
    return Measurement.withTcpdump(
        figure + " (1.00: untraced, " + untraced(unit) + ")",
        ig.toString(),
        ratio(Tracer.TCPDUMP_TEXT),
        ratio(Tracer.TCPDUMP_FILE),
        aim);
  }

  private static Samples of(Map<Tracer, Samples> samples, Tracer tracer) {
    return samples.computeIfAbsent(tracer, _ -> new Samples());
  }
}

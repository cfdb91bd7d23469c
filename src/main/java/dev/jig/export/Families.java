package dev.jig.export;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The metrics with labels of clients and servers.
final class Families {
  private static final double[] BOUNDS = {
    0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5,
    5, 7.5, 10
  };

  /// Buckets, the one without a bound, sum and count.
  static final int HISTOGRAM_LINES = BOUNDS.length + 3;

  /// Bounds the memory of a native histogram, which halves its resolution beyond.
  private static final int MAX_NATIVE_BUCKETS = 64;

  private static final List<String> CLIENT =
      List.of(
          "k8s_node_name", "k8s_namespace_name", "k8s_pod_name", "container_name", "nameserver");

  private final SeriesBudget budget;
  final Family<DistributionDataPoint> duration;
  final Family<CounterDataPoint> lookups;
  final Family<CounterDataPoint> tries;
  final Family<CounterDataPoint> unanswered;
  final Family<CounterDataPoint> tcpFallbacks;
  final Family<CounterDataPoint> lostTwins;

  Families(SeriesBudget budget) {
    this.budget = budget;
    duration =
        new Family<>(
            histogram(labels("outcome")),
            histogram(Family.OVERFLOW),
            HISTOGRAM_LINES,
            budget,
            Families::mergeHistograms);
    lookups = counter("jig_dns_lookups", "Lookups.", "qtype", "rcode", "outcome");
    tries = counter("jig_dns_tries", "Queries of lookups, repeated ones too.");
    unanswered = counter("jig_dns_unanswered", "Lookups without an answer.", "cause");
    tcpFallbacks =
        counter("jig_dns_tcp_fallbacks", "Lookups repeated over TCP after a truncated answer.");
    lostTwins =
        counter("jig_dns_lost_twins", "Pairs of A and AAAA of which one first query got lost.");
  }

  /// Lines that are there in any case: those beyond the budget.
  static int overflowLines() {
    return HISTOGRAM_LINES + 5;
  }

  List<Family<?>> all() {
    return List.of(duration, lookups, tries, unanswered, tcpFallbacks, lostTwins);
  }

  private static Histogram histogram(String... labels) {
    return Histogram.builder()
        .name("dns_lookup_duration_seconds")
        .unit(Unit.SECONDS)
        .help("How long clients waited for lookups, also for those without an answer.")
        .classicUpperBounds(BOUNDS)
        .nativeMaxNumberOfBuckets(MAX_NATIVE_BUCKETS)
        .labelNames(labels)
        .withoutExemplars()
        .build();
  }

  private Family<CounterDataPoint> counter(String name, String help, String... more) {
    return new Family<>(
        counterOf(name, help, labels(more)),
        counterOf(name, help, Family.OVERFLOW),
        1,
        budget,
        Families::mergeCounters);
  }

  private static Counter counterOf(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).withoutExemplars().build();
  }

  private static String[] labels(String... more) {
    List<String> names = new ArrayList<>(CLIENT);
    names.addAll(Arrays.asList(more));
    return names.toArray(String[]::new);
  }

  private static MetricSnapshot mergeCounters(MetricSnapshot named, MetricSnapshot overflow) {
    List<CounterSnapshot.CounterDataPointSnapshot> points =
        new ArrayList<>(((CounterSnapshot) named).getDataPoints());
    points.addAll(((CounterSnapshot) overflow).getDataPoints());
    return new CounterSnapshot(named.getMetadata(), points);
  }

  private static MetricSnapshot mergeHistograms(MetricSnapshot named, MetricSnapshot overflow) {
    List<HistogramSnapshot.HistogramDataPointSnapshot> points =
        new ArrayList<>(((HistogramSnapshot) named).getDataPoints());
    points.addAll(((HistogramSnapshot) overflow).getDataPoints());
    return new HistogramSnapshot(named.getMetadata(), points);
  }
}

package dev.jig.export;

import io.prometheus.metrics.core.datapoints.DataPoint;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/// One metric: data points with its labels while the budget lasts, and one with the label of
/// OpenTelemetry's overflow for all beyond.
///
/// @param <P> the type of its data points
final class Family<P extends DataPoint> {
  static final String OVERFLOW = "otel_metric_overflow";

  private final StatefulMetric<P, ?> named;
  private final StatefulMetric<P, ?> overflow;
  private final P beyond;
  private final int lines;
  private final SeriesBudget budget;
  private final Merge merge;
  private boolean hasOverflow;

  /// Makes one metric of two with the same name.
  interface Merge {
    MetricSnapshot of(MetricSnapshot named, MetricSnapshot overflow);
  }

  /// @param overflow the same metric with the one label [#OVERFLOW]
  /// @param lines of the text format for a data point
  Family(
      StatefulMetric<P, ?> named,
      StatefulMetric<P, ?> overflow,
      int lines,
      SeriesBudget budget,
      Merge merge) {
    this.named = named;
    this.overflow = overflow;
    this.beyond = overflow.labelValues("true");
    this.lines = lines;
    this.budget = budget;
    this.merge = merge;
  }

  /// Returns a new data point, or the one for all beyond the budget.
  ///
  /// @param owner notes it, to remove it later
  P point(ServerSeries owner, String... labels) {
    if (!budget.take(lines)) {
      return beyond();
    }
    owner.onPoint(this, labels);
    return named.labelValues(labels);
  }

  /// The data point for all beyond the budget.
  P beyond() {
    hasOverflow = true;
    return beyond;
  }

  @SuppressWarnings("ReferenceEquality") // there is one
  boolean isBeyond(P point) {
    return point == beyond;
  }

  void remove(String... labels) {
    named.remove(labels);
    budget.giveBack(lines);
  }

  MetricSnapshot snapshot() {
    return hasOverflow ? merge.of(named.collect(), overflow.collect()) : named.collect();
  }
}

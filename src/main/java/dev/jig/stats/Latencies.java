package dev.jig.stats;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.IntCountsHistogram;

/// A histogram of durations from 8 µs to one hour, quantiles within 6 %: 0.6 KB up to 16 ms, 1.9 KB
/// up to one hour.
public final class Latencies {
  /// In microseconds. What is shorter counts as 0, what is longer as one hour.
  private static final long LOWEST_US = 8;

  private static final long HIGHEST_US = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 1;

  /// It grows with the first longer duration.
  private static final long INITIAL_HIGHEST_US = TimeUnit.MILLISECONDS.toMicros(16);

  private final IntCountsHistogram histogram =
      new IntCountsHistogram(LOWEST_US, INITIAL_HIGHEST_US, DIGITS);

  public Latencies() {
    histogram.setAutoResize(true);
  }

  /// Adds a duration.
  ///
  /// @param ns a negative one counts as 0
  public void add(long ns) {
    long us = TimeUnit.NANOSECONDS.toMicros(ns);
    histogram.recordValue(Math.clamp(us, 0, HIGHEST_US));
  }

  /// Adds all durations of another histogram.
  public void add(Latencies other) {
    histogram.add(other.histogram);
  }

  public long count() {
    return histogram.getTotalCount();
  }

  /// The duration that this share of all does not exceed, in ns; 0 if there are none.
  ///
  /// @param quantile from 0 to 1
  public long quantileNs(double quantile) {
    long us = histogram.getValueAtPercentile(quantile * 100);
    return TimeUnit.MICROSECONDS.toNanos(Math.min(us, histogram.getMaxValue()));
  }
}

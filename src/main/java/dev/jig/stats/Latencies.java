package dev.jig.stats;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.IntCountsHistogram;

/// A histogram of durations from 8 µs to one hour, quantiles within 6 %: 0.6 KB up to 16 ms, 1.9 KB
/// up to one hour.
public final class Latencies {
  /// In microseconds. What is shorter counts as 0, what is longer as one hour.
  private static final long LOWEST_US = 8;

  private static final long HIGHEST_US = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 1;

  /// Of HdrHistogram's encoding, version 2.
  private static final int HEADER_BYTES = 40;

  /// Counters are ints. What is beyond, after 15 hours of 40,000 a second, changes no quantile.
  private static final long MAX_COUNT = Integer.MAX_VALUE;

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
    if (count() == MAX_COUNT) {
      return;
    }
    long us = TimeUnit.NANOSECONDS.toMicros(ns);
    histogram.recordValue(Math.clamp(us, 0, HIGHEST_US));
  }

  /// Adds all durations of another histogram.
  public void add(Latencies other) {
    if (count() + other.count() <= MAX_COUNT) {
      histogram.add(other.histogram);
    }
  }

  /// Removes all durations.
  public void reset() {
    if (histogram.getTotalCount() > 0) {
      histogram.reset();
    }
  }

  public long count() {
    return histogram.getTotalCount();
  }

  /// The histogram as bytes, for [#decode].
  public byte[] encode() {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    histogram.encodeIntoByteBuffer(buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /// Decodes what [#encode] encoded.
  ///
  /// @throws IllegalArgumentException if the bytes are damaged
  public static Latencies decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    requireHeader(buffer);
    try {
      Latencies decoded = new Latencies();
      decoded.histogram.add(IntCountsHistogram.decodeFromByteBuffer(buffer, HIGHEST_US));
      return decoded;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("damaged counts of a histogram", e);
    }
  }

  /// HdrHistogram allocates what the header says: cookie, length, offset, digits, lowest and
  /// highest value, ratio.
  private static void requireHeader(ByteBuffer bytes) {
    boolean valid =
        bytes.remaining() >= HEADER_BYTES
            && bytes.getInt(4) == bytes.remaining() - HEADER_BYTES
            && bytes.getInt(8) == 0
            && bytes.getInt(12) == DIGITS
            && bytes.getLong(16) == LOWEST_US
            && bytes.getLong(24) >= 2 * LOWEST_US
            && bytes.getLong(24) <= 2 * HIGHEST_US;
    if (!valid) {
      throw new IllegalArgumentException("damaged header of a histogram");
    }
  }

  /// The duration that this share of all does not exceed, in ns; 0 if there are none.
  ///
  /// @param quantile from 0 to 1
  public long quantileNs(double quantile) {
    long us = histogram.getValueAtPercentile(quantile * 100);
    return TimeUnit.MICROSECONDS.toNanos(Math.min(us, histogram.getMaxValue()));
  }
}

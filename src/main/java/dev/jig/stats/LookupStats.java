package dev.jig.stats;

import dev.jig.event.Outcome;
import org.jspecify.annotations.Nullable;

/// The lookups of one key: how they ended and how long their clients waited in the present
/// interval, and how many there were since the key was first counted.
public final class LookupStats {
  private long ok;
  private long nx;
  private long failed;
  private long unanswered;
  private long maxNs;
  private long total;

  /// Null until the first lookup: most keys of a flood have one.
  private @Nullable Latencies latencies;

  /// Adds a lookup.
  ///
  /// @param waitedNs how long its client waited, also for no answer
  public void add(Outcome outcome, long waitedNs) {
    switch (outcome) {
      case OK, NODATA -> ok++;
      case NXDOMAIN -> nx++;
      case SERVFAIL, REFUSED, ERROR -> failed++;
      case TIMEOUT, CLOSED, UNREACHABLE -> unanswered++;
    }
    total++;
    maxNs = Math.max(maxNs, waitedNs);
    histogram().add(waitedNs);
  }

  /// Adds the lookups of the present interval of another node.
  public void add(LookupStats other) {
    add(other.ok, other.nx, other.failed, other.unanswered, other.maxNs);
    if (other.latencies != null) {
      histogram().add(other.latencies);
    }
  }

  /// Adds counted lookups without their latencies.
  void add(long okMore, long nxMore, long failedMore, long unansweredMore, long longestNs) {
    ok += okMore;
    nx += nxMore;
    failed += failedMore;
    unanswered += unansweredMore;
    total += okMore + nxMore + failedMore + unansweredMore;
    maxNs = Math.max(maxNs, longestNs);
  }

  /// Lookups of a node's interval as it sent them.
  ///
  /// @param waits null if there are none
  public static LookupStats of(
      long ok, long nx, long failed, long unanswered, long maxNs, @Nullable Latencies waits) {
    LookupStats stats = new LookupStats();
    stats.add(ok, nx, failed, unanswered, maxNs);
    stats.latencies = waits;
    return stats;
  }

  private Latencies histogram() {
    if (latencies == null) {
      latencies = new Latencies();
    }
    return latencies;
  }

  /// Begins a new interval; the total stays.
  void beginInterval() {
    ok = 0;
    nx = 0;
    failed = 0;
    unanswered = 0;
    maxNs = 0;
    if (latencies != null) {
      latencies.reset();
    }
  }

  /// Adds the total of a key that is dropped.
  void addTotal(long dropped) {
    total += dropped;
  }

  /// Lookups of the interval.
  public long lookups() {
    return ok + nx + failed + unanswered;
  }

  /// NoError, with or without a record of the type.
  public long ok() {
    return ok;
  }

  public long nx() {
    return nx;
  }

  /// SERVFAIL, REFUSED and other rcodes.
  public long failed() {
    return failed;
  }

  /// Without an answer.
  public long unanswered() {
    return unanswered;
  }

  /// The longest wait of the interval, exact.
  public long maxNs() {
    return maxNs;
  }

  /// Lookups since the key was first counted.
  public long total() {
    return total;
  }

  /// The waits of the interval; null if there was no lookup.
  public @Nullable Latencies latencies() {
    return latencies;
  }

  /// The wait of the interval that this share of lookups does not exceed; 0 without lookups.
  ///
  /// @param quantile from 0 to 1
  public long quantileNs(double quantile) {
    return latencies == null ? 0 : Math.min(latencies.quantileNs(quantile), maxNs);
  }
}

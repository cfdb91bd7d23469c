package dev.jig.top;

import dev.jig.stats.LookupStats;
import org.jspecify.annotations.Nullable;

/// One line of the table.
///
/// @param key null for sums
/// @param lookups of the interval, as are all but `total`
/// @param p50Ns waits of clients in ns, those for no answer included; [#UNKNOWN] until
///   [#withQuantiles]
/// @param total lookups since the key was first counted
/// @param source where the quantiles come from, valid until the next interval; null once known
public record TopRow(
    @Nullable Key key,
    long lookups,
    long ok,
    long nx,
    long failed,
    long unanswered,
    long p50Ns,
    long p95Ns,
    long maxNs,
    long total,
    @Nullable LookupStats source) {
  private static final long UNKNOWN = -1;
  private static final double P50 = 0.5;
  private static final double P95 = 0.95;

  /// @param withQuantiles whether to compute them now
  static TopRow of(@Nullable Key key, LookupStats stats, boolean withQuantiles) {
    TopRow row =
        new TopRow(
            key,
            stats.lookups(),
            stats.ok(),
            stats.nx(),
            stats.failed(),
            stats.unanswered(),
            UNKNOWN,
            UNKNOWN,
            stats.maxNs(),
            stats.total(),
            stats);
    return withQuantiles ? row.withQuantiles() : row;
  }

  /// Computes the quantiles, which cost more than all else, if they are not known.
  TopRow withQuantiles() {
    if (source == null) {
      return this;
    }
    return new TopRow(
        key,
        lookups,
        ok,
        nx,
        failed,
        unanswered,
        source.quantileNs(P50),
        source.quantileNs(P95),
        maxNs,
        total,
        null);
  }
}

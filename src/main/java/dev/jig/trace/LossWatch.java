package dev.jig.trace;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Notices that packets were lost on the way to the pipelines, before they report a query as
/// unanswered: its response may be among them. Ring thread only.
final class LossWatch {
  private final LongSupplier clock;
  private final LongSupplier lost;
  private final LongConsumer onLoss;
  private long checkedNs = Long.MIN_VALUE;
  private long lostSoFar;

  /// @param clock now, CLOCK_BOOTTIME
  /// @param lost the packets lost so far
  /// @param onLoss called when there are more, with the time until which they were counted
  LossWatch(LongSupplier clock, LongSupplier lost, LongConsumer onLoss) {
    this.clock = clock;
    this.lost = lost;
    this.onLoss = onLoss;
  }

  /// Takes in all losses before a time. Reads the counters once for all events of one batch, since
  /// they are older than the reading.
  void check(long bootNs) {
    if (bootNs <= checkedNs) {
      return;
    }
    long nowNs = clock.getAsLong(); // before the counters: they cover all that happened until then
    long total = lost.getAsLong();
    checkedNs = Math.max(nowNs, bootNs);
    if (total > lostSoFar) {
      lostSoFar = total;
      onLoss.accept(nowNs);
    }
  }
}

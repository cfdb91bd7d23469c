package dev.jig.os;

/// Delays between retries: each is twice the one before, between two bounds. For one thread.
public final class Backoff {
  private final long minMs;
  private final long maxMs;
  private long nextMs;

  /// @param minMs the first delay
  /// @param maxMs the longest delay
  public Backoff(long minMs, long maxMs) {
    this.minMs = minMs;
    this.maxMs = maxMs;
    this.nextMs = minMs;
  }

  /// The delay before the next try, in milliseconds.
  public long nextMs() {
    long delayMs = nextMs;
    nextMs = Math.min(2 * nextMs, maxMs);
    return delayMs;
  }

  /// The delay after a connection that lasted `lastedMs`: one that outlived the longest delay
  /// counts as a success, after which delays start at the minimum again.
  public long nextMsAfter(long lastedMs) {
    if (lastedMs > maxMs) {
      reset();
    }
    return nextMs();
  }

  /// The next delay is the minimum again.
  public void reset() {
    nextMs = minMs;
  }
}

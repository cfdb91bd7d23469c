package dev.jig.fuzz;

import java.util.concurrent.TimeUnit;

/// What one input may cost at most.
final class TimeLimit {
  private static final long MAX_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int ATTEMPTS = 3;

  private TimeLimit() {}

  /// Runs it, again where it was slow: another process may have had the core.
  static void run(Runnable reading) {
    long tookNs = MAX_NS;
    for (int i = 0; i < ATTEMPTS && tookNs >= MAX_NS; i++) {
      long begin = System.nanoTime();
      reading.run();
      tookNs = System.nanoTime() - begin;
    }
    if (tookNs >= MAX_NS) {
      throw new AssertionError("takes " + tookNs + " ns, " + ATTEMPTS + " times");
    }
  }
}

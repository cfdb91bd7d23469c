package dev.jig.fuzz;

import java.util.concurrent.TimeUnit;

/// What one input may cost at most.
final class Patience {
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int TRIES = 3;

  private Patience() {}

  /// Runs it, again where it was slow: somebody else may have had the core.
  static void of(Runnable reading) {
    long tookNs = LONGEST_NS;
    for (int i = 0; i < TRIES && tookNs >= LONGEST_NS; i++) {
      long begin = System.nanoTime();
      reading.run();
      tookNs = System.nanoTime() - begin;
    }
    if (tookNs >= LONGEST_NS) {
      throw new AssertionError("takes " + tookNs + " ns, " + TRIES + " times");
    }
  }
}

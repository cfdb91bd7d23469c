package dev.jig.fuzz;

import java.util.concurrent.TimeUnit;

/// Limits the time that one input may take to 1 s.
final class TimeLimit {
  private static final long MAX_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int ATTEMPTS = 3;

  private TimeLimit() {}

  /// Runs it up to 3 times until one run is within the limit: other processes may use the CPU.
  static void run(Runnable reading) {
    long elapsedNs = MAX_NS;
    for (int i = 0; i < ATTEMPTS && elapsedNs >= MAX_NS; i++) {
      long begin = System.nanoTime();
      reading.run();
      elapsedNs = System.nanoTime() - begin;
    }
    if (elapsedNs >= MAX_NS) {
      throw new AssertionError("takes " + elapsedNs + " ns, " + ATTEMPTS + " times");
    }
  }
}

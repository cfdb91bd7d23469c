package dev.jig.bench;

/// How often and how long is measured; the figures of `--quick` are not to be published.
enum Effort {
  FULL,
  QUICK;

  /// Interleaved repeats of a throughput comparison.
  int repeats() {
    return either(5, 1);
  }

  /// Runs in which two programs trace the same load at the same time.
  int pairs() {
    return either(5, 1);
  }

  /// Turns in which the kernel programs of two builds are attached one after the other.
  int turns() {
    return either(7, 1);
  }

  /// Starts of each build.
  int starts() {
    return either(15, 2);
  }

  /// Rounds of a resolver at full load, each with all tracers.
  int rounds() {
    return either(7, 1);
  }

  /// Runs in which lost packets are counted.
  int lossRuns() {
    return either(5, 1);
  }

  /// Runs after which memory is read.
  int memoryRuns() {
    return either(3, 1);
  }

  /// Seconds of one run at full throughput.
  int blastSeconds() {
    return either(2, 1);
  }

  /// Seconds of a resolver at full load.
  int fullLoadSeconds() {
    return either(4, 1);
  }

  /// Seconds at each rate of packets.
  int lossSeconds() {
    return either(10, 2);
  }

  /// Seconds of load before throughput is measured, so that the tracer's code is compiled.
  int warmUpSeconds() {
    return either(5, 2);
  }

  /// Seconds of a steady load before CPU time is taken: the JIT compiler has nothing left to do.
  int compileSeconds() {
    return either(26, 4);
  }

  /// Seconds of a steady load over which CPU time is taken.
  int windowSeconds() {
    return either(10, 3);
  }

  /// Seconds over which the run time of kernel programs is taken.
  int kernelSeconds() {
    return either(4, 1);
  }

  /// Seconds over which CPU time of other figures is taken.
  int steadySeconds() {
    return either(10, 3);
  }

  /// Seconds of load before memory is read.
  int memorySeconds() {
    return either(15, 2);
  }

  /// Seconds without load over which CPU time is taken.
  int idleSeconds() {
    return either(30, 3);
  }

  private int either(int full, int quick) {
    return this == FULL ? full : quick;
  }
}

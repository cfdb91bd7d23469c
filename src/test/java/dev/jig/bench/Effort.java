package dev.jig.bench;

/// Durations and repeats of measurements; the figures of `--quick` are not to be published.
///
/// @param repeats of each comparison, interleaved; the median is shown
/// @param blastSeconds of one throughput run
/// @param lossSeconds at each rate
/// @param warmUpSeconds of full load before a tracer is measured, so that its code is compiled
/// @param steadySeconds over which CPU time is taken
record Effort(
    int repeats, int blastSeconds, int lossSeconds, int warmUpSeconds, int steadySeconds) {
  static final Effort FULL = new Effort(5, 2, 10, 5, 10);
  static final Effort QUICK = new Effort(1, 1, 2, 2, 3);
}

package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A steady load, and the CPU time of all threads of its tracers in a window in its middle. The
/// load is one run of dnsperf: a second one would be a new process, for which the JIT compiler
/// compiles methods again.
final class SteadyLoad implements AutoCloseable {
  /// Seconds of load after the window, so that the load's end is not in it.
  private static final int TAIL_SECONDS = 2;

  private final Effort effort;
  private final ClientPlace place;
  private final Resolver resolver;

  private SteadyLoad(Effort effort, ClientPlace place, Resolver resolver) {
    this.effort = effort;
    this.place = place;
    this.resolver = resolver;
  }

  /// Starts the server.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static SteadyLoad start(Path work, Effort effort, Sides sides)
      throws IOException, InterruptedException {
    ClientPlace place =
        switch (sides) {
          case BOTH -> ClientPlace.machine();
          case CLIENT -> ClientPlace.container(work);
        };
    try {
      return new SteadyLoad(effort, place, Resolver.start(work, Bench.DNS_PORT));
    } catch (IOException | InterruptedException e) {
      place.close();
      throw e;
    }
  }

  /// What of a query ig traces.
  enum Sides {
    /// The client and the server.
    BOTH(""),
    /// The client, a container.
    CLIENT("one-sided ");

    /// Begins a group's title.
    final String prefix;

    Sides(String prefix) {
      this.prefix = prefix;
    }
  }

  /// CPU time of one tracer.
  ///
  /// @param threads those with the most
  record CpuUse(double microsPerQuery, String threads) {}

  /// Options that make ig trace this load.
  List<String> selection() {
    return place.selection();
  }

  /// Runs the load and returns the CPU time of each tracer, in their order.
  List<CpuUse> measure(
      Resolver.Transport transport, long queriesPerSecond, List<RunningTracer> tracers)
      throws IOException, InterruptedException {
    int seconds = effort.compileSeconds() + effort.windowSeconds() + TAIL_SECONDS;
    try (Resolver.Load load = resolver.startLoad(place, transport, queriesPerSecond, seconds)) {
      Thread.sleep(effort.compileSeconds() * 1_000L);
      List<ThreadTimes> begin = threadTimes(tracers);
      Thread.sleep(effort.windowSeconds() * 1_000L);
      List<ThreadTimes> end = threadTimes(tracers);
      double perSecond = load.await().perSecond();
      if (perSecond < 0.98 * queriesPerSecond) {
        Progress.print("only %,.0f of %,d queries/s", perSecond, queriesPerSecond);
      }
      List<CpuUse> used = new ArrayList<>();
      for (int i = 0; i < tracers.size(); i++) {
        double queries = (end.get(i).atNs() - begin.get(i).atNs()) / 1e9 * perSecond;
        used.add(
            new CpuUse(
                end.get(i).nsSince(begin.get(i)) / 1e3 / queries,
                end.get(i).largestSince(begin.get(i), queries)));
      }
      return used;
    }
  }

  /// Ends ig and returns how many packets it lost; an error if it did not print what it had to.
  long stop(Ig ig, Output output, long queriesPerSecond) throws IOException, InterruptedException {
    TraceEnd end = ig.end();
    double expected =
        0.9
            * output.rowsPerSide
            * place.sides()
            * queriesPerSecond
            * (effort.compileSeconds() + effort.windowSeconds());
    if (end.rows() + end.lost() < expected) {
      throw new IOException(
          String.format(Locale.ROOT, "%s: not the %,.0f rows expected", end.text(), expected));
    }
    return end.lost();
  }

  @Override
  public void close() throws IOException {
    resolver.close();
    place.close();
  }

  private static List<ThreadTimes> threadTimes(List<RunningTracer> tracers) throws IOException {
    List<ThreadTimes> times = new ArrayList<>();
    for (RunningTracer tracer : tracers) {
      times.add(ThreadTimes.of(tracer.pid()));
    }
    return times;
  }
}

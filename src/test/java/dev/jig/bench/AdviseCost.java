package dev.jig.bench;

import dev.jig.bench.Resolver.Transport;
import dev.jig.bench.SteadyLoad.CpuUse;
import dev.jig.bench.SteadyLoad.Sides;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// CPU time of `advise` for each query of a steady load that `trace --lookups -o json` writes to a
/// file at the same time. A query is four packets, two at each side.
final class AdviseCost implements FigureGroup {
  private static final long QUERIES_PER_SECOND = 10_000;
  private static final int PACKETS_PER_QUERY = 4;

  private final Path work;
  private final Effort effort;
  private final Build build;

  AdviseCost(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  @Override
  public String title() {
    return "advise beside lookups as JSON";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Samples advise = new Samples();
    Samples lookups = new Samples();
    Samples ratio = new Samples();
    try (SteadyLoad load = SteadyLoad.start(work, effort, Sides.BOTH)) {
      for (int pair = 0; pair < effort.pairs(); pair++) {
        List<CpuUse> used = measure(load);
        double own = used.get(0).microsPerQuery();
        double others = used.get(1).microsPerQuery();
        Progress.print(
            "advise %.2f µs (%s), lookups as JSON %.2f", own, used.get(0).threads(), others);
        advise.add(own);
        lookups.add(others);
        ratio.add(own / others);
      }
    }
    return List.of(
        new Measurement(
            String.format(
                Locale.ROOT,
                "CPU per query, all threads, advise, %,d packets/s, %d runs beside lookups as JSON",
                QUERIES_PER_SECOND * PACKETS_PER_QUERY,
                advise.count()),
            String.format(
                Locale.ROOT,
                "%s; %s of lookups as JSON (%s)",
                advise.text("%.2f", " µs"),
                ratio.ratio(),
                lookups.text("%.2f", " µs")),
            "≤ 1.00 of lookups as JSON"));
  }

  private List<CpuUse> measure(SteadyLoad load) throws IOException, InterruptedException {
    try (Ig advise = Ig.start(work, build, load.selection(), Bench.DNS_PORT, Output.ADVISE);
        Ig lookups = Ig.start(work, build, load.selection(), Bench.DNS_PORT, Output.LOOKUPS)) {
      List<CpuUse> used = load.measure(Transport.UDP, QUERIES_PER_SECOND, List.of(advise, lookups));
      load.stop(advise, Output.ADVISE, QUERIES_PER_SECOND);
      load.stop(lookups, Output.LOOKUPS, QUERIES_PER_SECOND);
      return used;
    }
  }
}

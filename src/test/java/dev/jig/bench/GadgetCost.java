package dev.jig.bench;

import dev.jig.bench.Resolver.Transport;
import dev.jig.bench.SteadyLoad.CpuUse;
import dev.jig.bench.SteadyLoad.Sides;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// CPU time of a gadget that prints no rows for each query of a steady load that `trace --lookups
/// -o json` writes to a file at the same time. A query is four packets, two at each side.
final class GadgetCost implements FigureGroup {
  private static final long QUERIES_PER_SECOND = 10_000;
  private static final int PACKETS_PER_QUERY = 4;

  private final Path work;
  private final Effort effort;
  private final Build build;
  private final Output gadget;

  GadgetCost(Path work, Effort effort, Build build, Output gadget) {
    this.work = work;
    this.effort = effort;
    this.build = build;
    this.gadget = gadget;
  }

  @Override
  public String title() {
    return gadget.title + " beside lookups as JSON";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Samples cost = new Samples();
    Samples lookups = new Samples();
    Samples ratio = new Samples();
    try (SteadyLoad load = SteadyLoad.start(work, effort, Sides.BOTH)) {
      for (int pair = 0; pair < effort.pairs(); pair++) {
        List<CpuUse> used = measure(load);
        double own = used.get(0).microsPerQuery();
        double others = used.get(1).microsPerQuery();
        Progress.print(
            "%s %.2f µs (%s), lookups as JSON %.2f (%s)",
            gadget.title, own, used.get(0).threads(), others, used.get(1).threads());
        cost.add(own);
        lookups.add(others);
        ratio.add(own / others);
      }
    }
    return List.of(
        new Measurement(
            String.format(
                Locale.ROOT,
                "CPU per query, all threads, %s, %,d packets/s, %d runs beside lookups as JSON",
                gadget.title,
                QUERIES_PER_SECOND * PACKETS_PER_QUERY,
                cost.count()),
            String.format(
                Locale.ROOT,
                "%s; %s of lookups as JSON (%s)",
                cost.text("%.2f", " µs"),
                ratio.ratio(),
                lookups.text("%.2f", " µs")),
            "≤ 1.00 of lookups as JSON"));
  }

  private List<CpuUse> measure(SteadyLoad load) throws IOException, InterruptedException {
    try (Ig counting = Ig.start(work, build, load.selection(), Bench.DNS_PORT, gadget);
        Ig lookups = Ig.start(work, build, load.selection(), Bench.DNS_PORT, Output.LOOKUPS)) {
      List<CpuUse> used =
          load.measure(Transport.UDP, QUERIES_PER_SECOND, List.of(counting, lookups));
      load.stop(counting, gadget, QUERIES_PER_SECOND);
      load.stop(lookups, Output.LOOKUPS, QUERIES_PER_SECOND);
      return used;
    }
  }
}

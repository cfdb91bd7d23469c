package dev.jig.bench;

import dev.jig.bench.Resolver.Transport;
import dev.jig.bench.SteadyLoad.CpuUse;
import dev.jig.bench.SteadyLoad.Sides;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// CPU time of ig for each query of a steady load that an earlier build traces at the same time.
final class CpuBesideBefore implements FigureGroup {
  /// Lower than beside tcpdump: two slow outputs and the load share the machine.
  private static final long QUERIES_PER_SECOND = 8_000;

  private final Path work;
  private final Effort effort;
  private final Build now;
  private final Build before;
  private final Sides sides;

  CpuBesideBefore(Path work, Effort effort, Build now, Build before, Sides sides) {
    this.work = work;
    this.effort = effort;
    this.now = now;
    this.before = before;
    this.sides = sides;
  }

  /// One output, and what was measured of it.
  private static final class Figure {
    final Output output;
    final String aim;
    final Samples now = new Samples();
    final Samples before = new Samples();
    final Samples ratio = new Samples();
    final Samples lost = new Samples();

    Figure(Output output, String aim) {
      this.output = output;
      this.aim = aim;
    }
  }

  @Override
  public String title() {
    return sides.prefix + "CPU per query beside the commit before";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Figure> figures = figures();
    try (SteadyLoad load = SteadyLoad.start(work, effort, sides)) {
      for (int pair = 0; pair < effort.pairs(); pair++) {
        for (Figure figure : figures) {
          measure(load, figure, pair % 2 == 0);
        }
      }
    }
    return figures.stream().map(this::row).toList();
  }

  private List<Figure> figures() {
    boolean both = sides == Sides.BOTH;
    List<Figure> figures = new ArrayList<>();
    figures.add(new Figure(Output.COLUMNS, both ? "≤ 0.72" : ""));
    figures.add(new Figure(Output.JSON, both ? "≤ 0.66" : ""));
    figures.add(new Figure(Output.LOOKUPS, both ? "≤ 0.47" : ""));
    figures.add(new Figure(Output.PCAPNG, both ? "≤ 0.45" : ""));
    if (both) {
      figures.add(new Figure(Output.FILTERED, "≤ 0.75"));
    }
    return figures;
  }

  /// @param nowFirst which build starts first; its kernel programs run first
  private void measure(SteadyLoad load, Figure figure, boolean nowFirst)
      throws IOException, InterruptedException {
    try (Ig first = start(load, figure, nowFirst ? now : before);
        Ig second = start(load, figure, nowFirst ? before : now)) {
      List<CpuUse> used = load.measure(Transport.UDP, QUERIES_PER_SECOND, List.of(first, second));
      long lostFirst = load.stop(first, figure.output, QUERIES_PER_SECOND);
      long lostSecond = load.stop(second, figure.output, QUERIES_PER_SECOND);
      CpuUse usedNow = used.get(nowFirst ? 0 : 1);
      CpuUse usedBefore = used.get(nowFirst ? 1 : 0);
      figure.now.add(usedNow.microsPerQuery());
      figure.before.add(usedBefore.microsPerQuery());
      figure.ratio.add(usedNow.microsPerQuery() / usedBefore.microsPerQuery());
      figure.lost.add(nowFirst ? lostFirst : lostSecond);
      Progress.print(
          "%s%s: now %.2f µs (%s; lost %,d), before %.2f (%s; lost %,d)",
          sides.prefix,
          figure.output.title,
          usedNow.microsPerQuery(),
          usedNow.threads(),
          nowFirst ? lostFirst : lostSecond,
          usedBefore.microsPerQuery(),
          usedBefore.threads(),
          nowFirst ? lostSecond : lostFirst);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  private Ig start(SteadyLoad load, Figure figure, Build build)
      throws IOException, InterruptedException {
    return Ig.start(work, build, load.selection(), Bench.DNS_PORT, figure.output);
  }

  private Measurement row(Figure figure) {
    return Measurement.withBefore(
        String.format(
            Locale.ROOT,
            "%sCPU per query, all threads, %s, %,d queries/s, %d runs beside the commit before",
            sides.prefix,
            figure.output.title,
            QUERIES_PER_SECOND,
            figure.now.count()),
        String.format(
            Locale.ROOT,
            "%s; %s of the commit before%s",
            figure.now.text("%.2f", " µs"),
            figure.ratio.ratio(),
            Loss.text(figure.lost)),
        figure.before.text("%.2f", " µs"),
        figure.aim);
  }
}

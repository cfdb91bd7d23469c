package dev.jig.bench;

import dev.jig.bench.Resolver.Transport;
import dev.jig.bench.SteadyLoad.CpuUse;
import dev.jig.bench.SteadyLoad.Sides;
import java.io.IOException;
import java.nio.file.Path;
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

  CpuBesideBefore(Path work, Effort effort, Build now, Build before) {
    this.work = work;
    this.effort = effort;
    this.now = now;
    this.before = before;
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
    return "CPU per query beside the commit before";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Figure> figures = figures();
    try (SteadyLoad load = SteadyLoad.start(work, effort, Sides.BOTH)) {
      for (int pair = 0; pair < effort.pairs(); pair++) {
        for (Figure figure : figures) {
          measure(load, figure, pair % 2 == 0);
        }
      }
    }
    return figures.stream().map(this::row).toList();
  }

  private List<Figure> figures() {
    return List.of(
        new Figure(Output.COLUMNS, "≤ 0.72"),
        new Figure(Output.JSON, "≤ 0.66"),
        new Figure(Output.LOOKUPS, "≤ 0.47"),
        new Figure(Output.PCAPNG, "≤ 0.45"),
        new Figure(Output.FILTERED, "≤ 0.75"));
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
          "%s: now %.2f µs (%s; lost %,d), before %.2f (%s; lost %,d)",
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
            "CPU per query, all threads, %s, %,d queries/s, %d runs beside the commit before",
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

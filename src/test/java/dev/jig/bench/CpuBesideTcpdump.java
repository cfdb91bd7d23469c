package dev.jig.bench;

import dev.jig.bench.Resolver.Transport;
import dev.jig.bench.SteadyLoad.CpuUse;
import dev.jig.bench.SteadyLoad.Sides;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// CPU time of ig for each query of a steady load that both forms of tcpdump trace at the same
/// time.
final class CpuBesideTcpdump implements FigureGroup {
  private static final long QUERIES_PER_SECOND = 10_000;

  private final Path work;
  private final Effort effort;
  private final Build build;
  private final Sides sides;

  CpuBesideTcpdump(Path work, Effort effort, Build build, Sides sides) {
    this.work = work;
    this.effort = effort;
    this.build = build;
    this.sides = sides;
  }

  /// One output over one transport, and what was measured of it.
  private static final class Figure {
    final Output output;
    final Transport transport;
    final String aim;
    final Samples ig = new Samples();
    final Samples text = new Samples();
    final Samples file = new Samples();
    final Samples ofText = new Samples();
    final Samples ofFile = new Samples();
    final Samples lost = new Samples();

    Figure(Output output, Transport transport, String aim) {
      this.output = output;
      this.transport = transport;
      this.aim = aim;
    }

    void add(List<CpuUse> used) {
      double micros = used.get(0).microsPerQuery();
      ig.add(micros);
      text.add(used.get(1).microsPerQuery());
      file.add(used.get(2).microsPerQuery());
      ofText.add(micros / used.get(1).microsPerQuery());
      ofFile.add(micros / used.get(2).microsPerQuery());
    }

    String title() {
      return output.title + (transport == Transport.TCP ? " over TCP" : "");
    }
  }

  @Override
  public String title() {
    return sides.prefix + "CPU per query beside tcpdump";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Figure> figures = figures();
    try (SteadyLoad load = SteadyLoad.start(work, effort, sides)) {
      for (int pair = 0; pair < effort.pairs(); pair++) {
        for (Figure figure : figures) {
          measure(load, figure);
        }
      }
    }
    return figures.stream().map(this::row).toList();
  }

  private List<Figure> figures() {
    boolean both = sides == Sides.BOTH;
    List<Figure> figures = new ArrayList<>();
    figures.add(new Figure(Output.COLUMNS, Transport.UDP, both ? aim("0.36") : ""));
    figures.add(new Figure(Output.JSON, Transport.UDP, both ? aim("0.52") : ""));
    figures.add(new Figure(Output.LOOKUPS, Transport.UDP, both ? aim("0.65") : ""));
    if (both) {
      figures.add(new Figure(Output.PCAPNG, Transport.UDP, aim("0.80")));
      figures.add(new Figure(Output.FILTERED, Transport.UDP, ""));
      figures.add(new Figure(Output.JSON, Transport.TCP, ""));
    }
    return figures;
  }

  private static String aim(String ratio) {
    return "≤ " + ratio + " of `-n -l`";
  }

  private void measure(SteadyLoad load, Figure figure) throws IOException, InterruptedException {
    try (Ig ig = Ig.start(work, build, load.selection(), Bench.DNS_PORT, figure.output);
        Tcpdump text = Tcpdump.startText(work, Bench.DNS_PORT);
        Tcpdump file = Tcpdump.startFile(work, Bench.DNS_PORT)) {
      List<CpuUse> used =
          load.measure(figure.transport, QUERIES_PER_SECOND, List.of(ig, text, file));
      long lost = load.stop(ig, figure.output, QUERIES_PER_SECOND);
      figure.add(used);
      figure.lost.add(lost);
      Progress.print(
          "%s%s: ig %.2f µs (%s), tcpdump -n -l %.2f (lost %,d), -w %.2f; ig lost %,d",
          sides.prefix,
          figure.title(),
          used.get(0).microsPerQuery(),
          used.get(0).threads(),
          used.get(1).microsPerQuery(),
          text.stop(),
          used.get(2).microsPerQuery(),
          lost);
    }
  }

  private Measurement row(Figure figure) {
    return Measurement.withTcpdump(
        String.format(
            Locale.ROOT,
            "%sCPU per query, all threads, %s, %,d queries/s, %d runs beside tcpdump",
            sides.prefix,
            figure.title(),
            QUERIES_PER_SECOND,
            figure.ig.count()),
        String.format(
            Locale.ROOT,
            "%s; %s of `-n -l`, %s of `-w`%s",
            figure.ig.text("%.2f", " µs"),
            figure.ofText.ratio(),
            figure.ofFile.ratio(),
            Loss.text(figure.lost)),
        figure.text.text("%.2f", " µs"),
        figure.file.text("%.2f", " µs"),
        figure.aim);
  }
}

package dev.jig.bench;

import dev.jig.capture.LiveCapture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Memory of ig under load, and its CPU time without load.
final class Footprint implements FigureGroup {
  private static final long QUERIES_PER_SECOND = 10_000;
  private static final List<Output> OUTPUTS =
      List.of(
          Output.COLUMNS, Output.JSON, Output.LOOKUPS, Output.PCAPNG, Output.ADVISE, Output.TOP);

  private final Path work;
  private final Effort effort;
  private final Builds builds;

  Footprint(Path work, Effort effort, Builds builds) {
    this.work = work;
    this.effort = effort;
    this.builds = builds;
  }

  @Override
  public String title() {
    return "memory, idle";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Measurement> figures = new ArrayList<>();
    for (Build build : builds.now()) {
      for (Output output : OUTPUTS) {
        figures.add(memory(build, output));
      }
      figures.add(idle(build));
    }
    return figures;
  }

  private Measurement idle(Build build) throws IOException, InterruptedException {
    try (Ig ig = Ig.start(work, build, Ig.HOST, Bench.DNS_PORT, Output.JSON)) {
      Thread.sleep(1000); // background work after the start
      long fromNs = System.nanoTime();
      long cpuNs = ProcessFigures.scheduledNs(ig.pid());
      Thread.sleep(effort.idleSeconds() * 1000L);
      double share =
          (ProcessFigures.scheduledNs(ig.pid()) - cpuNs) / (double) (System.nanoTime() - fromNs);
      return new Measurement(
          "idle CPU, " + effort.idleSeconds() + " s, " + build.form().title,
          String.format(Locale.ROOT, "%.2f %% of a core", share * 100),
          "≤ 0.4 % of a core");
    }
  }

  private Measurement memory(Build build, Output output) throws IOException, InterruptedException {
    Samples megabytes = new Samples();
    for (int run = 0; run < effort.memoryRuns(); run++) {
      try (LookupLoad load = LookupLoad.start(work, Bench.DNS_PORT);
          Ig ig = Ig.start(work, build, Ig.HOST, Bench.DNS_PORT, output)) {
        load.sendQueries(
            QUERIES_PER_SECOND * LookupLoad.PACKETS_PER_LOOKUP, effort.memorySeconds());
        ig.settledBytes();
        megabytes.add(ProcessFigures.rssBytes(ig.pid()) / 1e6);
      }
    }
    String figure =
        String.format(
            Locale.ROOT,
            "RSS after %d s at %,d queries/s, ring of %d MiB passed, %s, %s, %d runs",
            effort.memorySeconds(),
            QUERIES_PER_SECOND,
            LiveCapture.RING_BYTES >> 20,
            output.title,
            build.form().title,
            megabytes.count());
    return new Measurement(figure, megabytes.text("%.0f", " MB"), aim(output));
  }

  private static String aim(Output output) {
    return switch (output) {
      case COLUMNS, JSON -> "≤ 100 MB";
      case LOOKUPS -> "≤ 130 MB";
      case ADVISE, TOP -> "≤ 150 MB";
      case PCAPNG, FILTERED -> "";
    };
  }
}

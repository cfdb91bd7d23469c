package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Time from exec until ig traces, in turns with an earlier build.
final class StartTime implements FigureGroup {
  private final Path work;
  private final Effort effort;
  private final Builds builds;

  StartTime(Path work, Effort effort, Builds builds) {
    this.work = work;
    this.effort = effort;
    this.builds = builds;
  }

  /// Of one build.
  private static final class Starts {
    final Samples ms = new Samples();
    final Samples cpuMs = new Samples();

    String text() {
      return String.format(Locale.ROOT, "%s, CPU %.0f ms", ms.text("%.0f", " ms"), cpuMs.median());
    }
  }

  @Override
  public String title() {
    return "start";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Measurement> figures = new ArrayList<>();
    for (Build build : builds.now()) {
      figures.add(measure(build, builds.baselineOf(build)));
    }
    return figures;
  }

  private Measurement measure(Build build, Optional<Build> baseline)
      throws IOException, InterruptedException {
    Starts now = new Starts();
    Starts before = new Starts();
    Samples ratio = new Samples();
    for (int i = 0; i < effort.starts(); i++) {
      double ms = start(build, now);
      if (baseline.isPresent()) {
        ratio.add(ms / start(baseline.get(), before));
      }
    }
    String figure =
        String.format(
            Locale.ROOT, "exec → tracing, %s, %d starts", build.form().title, now.ms.count());
    return baseline.isEmpty()
        ? new Measurement(figure, now.text(), "")
        : Measurement.withBefore(
            figure,
            now.text() + "; " + ratio.ratio() + " of the commit before",
            before.text(),
            "≤ 0.80");
  }

  private double start(Build build, Starts starts) throws IOException, InterruptedException {
    try (Ig ig = Ig.start(work, build, Ig.HOST, Bench.DNS_PORT, Output.JSON)) {
      double cpuMs = ProcessFigures.cpuNs(ig.pid()) / 1e6;
      double ms = ig.startUpNs() / 1e6;
      starts.ms.add(ms);
      starts.cpuMs.add(cpuMs);
      return ms;
    }
  }
}

package dev.jig.bench;

import dev.jig.bench.BpfStats.RunTime;
import dev.jig.bench.Resolver.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Time that all kernel programs of ig take for each query of a steady load. Two builds are traced
/// in turns, not at the same time: the second programs of a packet would find in the CPU's caches
/// what the first have read, and most of the time is spent on misses there.
final class KernelTime implements FigureGroup {
  private static final long QUERIES_PER_SECOND = 10_000;

  /// Seconds of load before and after the window.
  private static final int MARGIN_SECONDS = 1;

  private final Path work;
  private final Effort effort;
  private final Builds builds;
  private final Samples now = new Samples();
  private final Samples runs = new Samples();
  private final Samples before = new Samples();
  private final Samples ratio = new Samples();

  KernelTime(Path work, Effort effort, Builds builds) {
    this.work = work;
    this.effort = effort;
    this.builds = builds;
  }

  /// For each query.
  private record PerQuery(double ns, double runs) {}

  @Override
  public String title() {
    return "kernel programs";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    try (Resolver resolver = Resolver.start(work, Bench.DNS_PORT);
        BpfStats _ = BpfStats.enable()) {
      for (int turn = 0; turn < effort.turns(); turn++) {
        measureTurn(resolver, turn % 2 == 0);
      }
    }
    String figure =
        String.format(
            Locale.ROOT,
            "kernel programs per query (bpf_stats), %,d queries/s, %d turns",
            QUERIES_PER_SECOND,
            now.count());
    String measured =
        String.format(Locale.ROOT, "%s in %.1f runs", now.text("%,.0f", " ns"), runs.median());
    return List.of(
        before.count() == 0
            ? new Measurement(figure, measured, "")
            : Measurement.withBefore(
                figure,
                measured + "; " + ratio.ratio() + " of the commit before",
                before.text("%,.0f", " ns"),
                "≤ 0.78"));
  }

  private void measureTurn(Resolver resolver, boolean nowFirst)
      throws IOException, InterruptedException {
    Optional<Build> baseline = builds.baseline();
    if (baseline.isEmpty()) {
      addNow(measure(resolver, builds.preferred()));
      return;
    }
    PerQuery first = measure(resolver, nowFirst ? builds.preferred() : baseline.get());
    PerQuery second = measure(resolver, nowFirst ? baseline.get() : builds.preferred());
    PerQuery ofNow = nowFirst ? first : second;
    PerQuery ofBefore = nowFirst ? second : first;
    addNow(ofNow);
    before.add(ofBefore.ns);
    ratio.add(ofNow.ns / ofBefore.ns);
    Progress.print("kernel programs: now %,.0f ns, before %,.0f ns", ofNow.ns, ofBefore.ns);
  }

  private void addNow(PerQuery measured) {
    now.add(measured.ns);
    runs.add(measured.runs);
  }

  private PerQuery measure(Resolver resolver, Build build)
      throws IOException, InterruptedException {
    int seconds = effort.kernelSeconds() + 2 * MARGIN_SECONDS;
    ClientPlace place = ClientPlace.machine();
    try (Ig ig = Ig.start(work, build, place.selection(), Bench.DNS_PORT, Output.COLUMNS);
        Resolver.Load load =
            resolver.startLoad(place, Transport.UDP, QUERIES_PER_SECOND, seconds)) {
      Thread.sleep(MARGIN_SECONDS * 1_000L);
      long beginNs = System.nanoTime();
      RunTime begin = BpfStats.of(ig.pid());
      Thread.sleep(effort.kernelSeconds() * 1_000L);
      long endNs = System.nanoTime();
      RunTime used = BpfStats.of(ig.pid()).minus(begin);
      double queries = (endNs - beginNs) / 1e9 * load.await().perSecond();
      return new PerQuery(used.ns() / queries, used.runs() / queries);
    }
  }
}

package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Checks at rising rates that every packet becomes a row of JSON in the file.
final class LossFreeRate implements FigureGroup {
  private static final long[] LOWER_PACKETS_PER_SECOND = {1_000, 10_000, 50_000};
  private static final long PACKETS_PER_SECOND = 100_000;

  /// Before the highest rate, so that the JIT compiler has compiled what is used.
  private static final long WARM_UP_PACKETS_PER_SECOND = 20_000;

  private final Path work;
  private final Effort effort;
  private final Build build;

  LossFreeRate(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  @Override
  public String title() {
    return "loss-free rate";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Measurement> figures = new ArrayList<>();
    for (long rate : LOWER_PACKETS_PER_SECOND) {
      figures.add(measureRate(rate, 0, 1, "0 lost"));
    }
    figures.add(measureRate(PACKETS_PER_SECOND, 0, effort.lossRuns(), ""));
    figures.add(
        measureRate(
            PACKETS_PER_SECOND,
            effort.compileSeconds(),
            effort.lossRuns(),
            "0 lost in three of five"));
    return figures;
  }

  private Measurement measureRate(long rate, int warmUpSeconds, int runs, String aim)
      throws IOException, InterruptedException {
    LossCount count = new LossCount();
    for (int run = 0; run < runs; run++) {
      try (LookupLoad load = LookupLoad.start(work, Bench.DNS_PORT);
          Ig ig = Ig.start(work, build, Ig.HOST, Bench.DNS_PORT, Output.JSON)) {
        LookupLoad.Sent warmUp =
            warmUpSeconds == 0
                ? LookupLoad.Sent.NOTHING
                : load.sendQueries(WARM_UP_PACKETS_PER_SECOND, warmUpSeconds);
        count.add(warmUp, load.sendQueries(rate, effort.lossSeconds()), ig);
      }
    }
    return new Measurement(
        String.format(
            Locale.ROOT,
            "%,d packets/s, %d s, JSON to a file%s",
            rate,
            effort.lossSeconds(),
            warmUpSeconds == 0
                ? ", from the start"
                : ", after %d s at %,d/s".formatted(warmUpSeconds, WARM_UP_PACKETS_PER_SECOND)),
        count.text(),
        aim);
  }
}

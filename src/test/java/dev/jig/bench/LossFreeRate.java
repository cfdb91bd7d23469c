package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Checks at rising rates that every packet becomes a row (JSON to a file).
final class LossFreeRate implements FigureGroup {
  private static final long[] PACKETS_PER_SECOND = {1_000, 10_000, 50_000, 100_000};

  private final Path work;
  private final Effort effort;

  LossFreeRate(Path work, Effort effort) {
    this.work = work;
    this.effort = effort;
  }

  @Override
  public String title() {
    return "loss-free rate";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Measurement> figures = new ArrayList<>();
    for (long rate : PACKETS_PER_SECOND) {
      figures.add(measureRate(rate));
    }
    return figures;
  }

  private Measurement measureRate(long rate) throws IOException, InterruptedException {
    try (LookupLoad load = LookupLoad.start(work, Bench.DNS_PORT);
        Ig ig = Ig.start(work, Ig.command(), Bench.DNS_PORT, "json")) {
      LookupLoad.Sent sent = load.sendQueries(rate, effort.lossSeconds());
      String summary = ig.summary();
      long rows = ig.rowsBetween(0, Long.MAX_VALUE);
      long expected = sent.queries() * LookupLoad.ROWS_PER_LOOKUP;
      boolean balanced = !summary.contains("accounting error");
      return new Measurement(
          String.format(
              Locale.ROOT, "%,d packets/s, %d s, JSON to a file", rate, effort.lossSeconds()),
          String.format(
              Locale.ROOT,
              "%,d lookups (%,d answered) at %,.0f packets/s; %,d rows of %,d; both identities %s; %s",
              sent.queries(),
              sent.answered(),
              sent.queries() * LookupLoad.PACKETS_PER_LOOKUP / (sent.ns() / 1e9),
              rows,
              expected,
              balanced ? "hold" : "DO NOT HOLD",
              summary),
          "0 lost, four rows a lookup");
    }
  }
}

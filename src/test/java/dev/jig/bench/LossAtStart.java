package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Packets that are lost in the first seconds after the start, while ig's code is not yet compiled:
/// the load begins when the ready file appears.
final class LossAtStart implements FigureGroup {
  private static final long QUERIES_PER_SECOND = 20_000;
  private static final int SECONDS = 2;
  private static final List<Output> OUTPUTS = List.of(Output.COLUMNS, Output.JSON, Output.PCAPNG);

  private final Path work;
  private final Effort effort;
  private final Build build;

  LossAtStart(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  @Override
  public String title() {
    return "loss after the start";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Map<Output, LossCount> counts = new EnumMap<>(Output.class);
    OUTPUTS.forEach(output -> counts.put(output, new LossCount()));
    try (LookupLoad load = LookupLoad.start(work, Bench.DNS_PORT)) {
      for (int run = 0; run < effort.lossRuns(); run++) {
        for (Map.Entry<Output, LossCount> count : counts.entrySet()) {
          try (Ig ig = Ig.start(work, build, Ig.HOST, Bench.DNS_PORT, count.getKey())) {
            long rate = QUERIES_PER_SECOND * LookupLoad.PACKETS_PER_LOOKUP;
            count.getValue().add(load.sendQueries(rate, SECONDS), ig);
          }
        }
      }
    }
    return counts.entrySet().stream().map(it -> row(it.getKey(), it.getValue())).toList();
  }

  private static Measurement row(Output output, LossCount count) {
    String figure =
        String.format(
            Locale.ROOT,
            "%,d queries/s in the first %d s of tracing, %s to a file",
            QUERIES_PER_SECOND,
            SECONDS,
            output.title);
    return new Measurement(figure, count.text(), "0 lost");
  }
}

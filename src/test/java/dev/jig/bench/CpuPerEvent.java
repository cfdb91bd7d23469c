package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// CPU time of the ig process for each row, between two points of a steady load.
final class CpuPerEvent implements FigureGroup {
  private static final long PACKETS_PER_SECOND = 40_000;

  private final Path work;
  private final Effort effort;

  CpuPerEvent(Path work, Effort effort) {
    this.work = work;
    this.effort = effort;
  }

  @Override
  public String title() {
    return "user-space CPU per event";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Measurement> figures = new ArrayList<>();
    for (String format : List.of("columns", "json")) {
      figures.add(measureFormat(format));
    }
    return figures;
  }

  private Measurement measureFormat(String format) throws IOException, InterruptedException {
    try (LookupLoad load = LookupLoad.start(work, Bench.DNS_PORT);
        Ig ig = Ig.start(work, Ig.command(), Bench.DNS_PORT, format)) {
      load.sendQueries(PACKETS_PER_SECOND, 2 * effort.warmUpSeconds());
      long fromByte = ig.settledBytes();
      long fromNs = ProcessFigures.cpuNs(ig.pid());
      load.sendQueries(PACKETS_PER_SECOND, effort.steadySeconds());
      long toByte = ig.settledBytes();
      long cpuNs = ProcessFigures.cpuNs(ig.pid()) - fromNs;
      long rows = ig.rowsBetween(fromByte, toByte);
      return new Measurement(
          String.format(
              Locale.ROOT,
              "user-space CPU per event, %s to a file, at %,d packets/s (system calls included)",
              format,
              PACKETS_PER_SECOND),
          rows == 0
              ? "not measured: no rows"
              : String.format(Locale.ROOT, "%.2f µs (%,d rows)", cpuNs / 1e3 / rows, rows),
          format.equals("json") ? "≤ 1 µs" : "");
    }
  }
}

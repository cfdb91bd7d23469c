package dev.jig.bench;

import dev.jig.capture.LiveCapture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Start time, memory and idle CPU of ig.
final class Footprint implements FigureGroup {
  private static final int STARTS = 7;

  /// Bytes of the smallest record with its header (struct packet_record and 64 bytes).
  private static final int SMALLEST_RECORD = 248;

  private final Path work;
  private final Effort effort;

  Footprint(Path work, Effort effort) {
    this.work = work;
    this.effort = effort;
  }

  @Override
  public String title() {
    return "start, memory, idle";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    List<Measurement> figures = new ArrayList<>();
    if (!Ig.packaged().isEmpty()) {
      figures.addAll(measureCommand(Ig.packaged(), "packaged", " ≤ 250 ms", " ≤ 80 MB"));
    }
    figures.addAll(measureCommand(Ig.checkout(), "checkout", "", ""));
    return figures;
  }

  private List<Measurement> measureCommand(
      List<String> command, String form, String startAim, String rssAim)
      throws IOException, InterruptedException {
    long[] startsNs = new long[STARTS];
    for (int i = 0; i < STARTS; i++) {
      try (Ig ig = Ig.start(work, command, Bench.DNS_PORT, "json")) {
        startsNs[i] = ig.startUpNs();
      }
    }
    Arrays.sort(startsNs);
    List<Measurement> figures = new ArrayList<>();
    figures.add(
        new Measurement(
            "exec → tracing, " + form,
            String.format(
                Locale.ROOT,
                "%d ms (median of %d, least %d ms)",
                startsNs[STARTS / 2] / 1_000_000,
                STARTS,
                startsNs[0] / 1_000_000),
            startAim.strip()));
    try (LookupLoad load = LookupLoad.start(work, Bench.DNS_PORT);
        Ig ig = Ig.start(work, command, Bench.DNS_PORT, "json")) {
      figures.add(idle(ig, form));
      figures.add(memory(ig, load, form, rssAim.strip()));
    }
    return figures;
  }

  private Measurement idle(Ig ig, String form) throws IOException, InterruptedException {
    Thread.sleep(1000); // background work after the start
    long fromNs = System.nanoTime();
    long cpuNs = ProcessFigures.scheduledNs(ig.pid());
    Thread.sleep(effort.steadySeconds() * 1000L);
    double share =
        (ProcessFigures.scheduledNs(ig.pid()) - cpuNs) / (double) (System.nanoTime() - fromNs);
    return new Measurement(
        "idle CPU, " + form,
        String.format(Locale.ROOT, "%.2f %% of a core", share * 100),
        "≤ 0.5 % of a core");
  }

  private Measurement memory(Ig ig, LookupLoad load, String form, String aim)
      throws IOException, InterruptedException {
    long records = 2L * LiveCapture.RING_BYTES / SMALLEST_RECORD;
    long packets = records / 2;
    long rate = Math.max(packets / effort.steadySeconds(), 20_000);
    LookupLoad.Sent sent = load.sendQueries(rate, effort.steadySeconds());
    ig.settledBytes();
    return new Measurement(
        String.format(
            Locale.ROOT,
            "RSS after a full pass through the ring of %d MiB, %s",
            LiveCapture.RING_BYTES >> 20,
            form),
        String.format(
            Locale.ROOT,
            "%d MB (%,d rows)",
            ProcessFigures.rssBytes(ig.pid()) / 1_000_000,
            sent.queries() * LookupLoad.ROWS_PER_LOOKUP),
        aim);
  }
}

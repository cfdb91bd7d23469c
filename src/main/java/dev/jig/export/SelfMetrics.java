package dev.jig.export;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the exporter says of itself: packets, series and the process.
final class SelfMetrics {
  private static final Path SELF = Path.of("/proc/self");

  /// USER_HZ, the unit of times in /proc/PID/stat: the same on all architectures with a JDK.
  private static final double TICKS_PER_SECOND = 100;

  /// Of the fields after the command's name, which may contain spaces (proc_pid_stat(5)).
  private static final int UTIME = 11;

  private static final int VIRTUAL_BYTES = 20;

  private SelfMetrics() {}

  static List<MetricSnapshot> of(PacketCounts packets) {
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(
        byLabel("jig_packets", "DNS packets by what became of them.", "fate", packets.byFate()));
    all.add(
        byLabel(
            "jig_packets_lost",
            "Packets lost in the tracer, by where.",
            "stage",
            packets.lostByStage()));
    try {
      addProcess(all);
    } catch (IOException | RuntimeException e) {
      // without /proc the rest is served
    }
    return all;
  }

  private static void addProcess(List<MetricSnapshot> all) throws IOException {
    String stat = Files.readString(SELF.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double cpu =
        (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    all.add(counter("process_cpu_seconds", "CPU time, user and system.", cpu));
    all.add(
        gauge(
            "process_virtual_memory_bytes",
            "Virtual memory.",
            Double.parseDouble(fields[VIRTUAL_BYTES])));
    try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
      lines
          .filter(line -> line.startsWith("VmRSS:"))
          .findFirst()
          .map(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
          .ifPresent(
              bytes -> all.add(gauge("process_resident_memory_bytes", "Resident memory.", bytes)));
    }
    try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
      all.add(gauge("process_open_fds", "Open file descriptors.", (double) open.count()));
    }
    Instant start = ProcessHandle.current().info().startInstant().orElse(null);
    if (start != null) {
      all.add(
          gauge(
              "process_start_time_seconds", "Start, since the epoch.", start.toEpochMilli() / 1e3));
    }
  }

  /// A counter without labels.
  ///
  /// @param name without `_total`
  static CounterSnapshot counter(String name, String help, double value) {
    return CounterSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
        .build();
  }

  private static GaugeSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }

  private static CounterSnapshot byLabel(
      String name, String help, String label, Map<String, Long> values) {
    CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(help);
    new TreeMap<>(values)
        .forEach((key, value) ->
            builder.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(Labels.of(label, key))
                    .value((double) value)
                    .build()));
    return builder.build();
  }

  /// How many lines of the text format these are and their number itself.
  static GaugeSnapshot series(List<MetricSnapshot> all) {
    long lines = 1;
    for (MetricSnapshot metric : all) {
      int each = metric instanceof HistogramSnapshot ? Families.HISTOGRAM_LINES : 1;
      lines += (long) each * metric.getDataPoints().size();
    }
    return gauge("jig_series", "Lines of this scrape without comments.", (double) lines);
  }
}

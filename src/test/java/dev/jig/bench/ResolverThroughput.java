package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Throughput of a name server at full load (knot, queried by dnsperf) with and without tracing.
final class ResolverThroughput implements FigureGroup {
  private static final int NAMES = 1000;
  private static final Pattern RATE = Pattern.compile("Queries per second:\\s+([0-9.]+)");

  private final Path work;
  private final Effort effort;

  ResolverThroughput(Path work, Effort effort) {
    this.work = work;
    this.effort = effort;
  }

  @Override
  public String title() {
    return "traced/untraced throughput of a resolver";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Path queries = writeQueries();
    List<Measurement> figures = new ArrayList<>();
    try (Child _ = startKnot()) {
      figures.add(measureThroughput("udp", "", "ig ≥ 0.80", queries));
      figures.add(measureThroughput("tcp", " over TCP", "", queries));
      figures.add(cpuOverTcp(queries));
    }
    return figures;
  }

  private Measurement measureThroughput(String mode, String over, String aim, Path queries)
      throws IOException, InterruptedException {
    String figure =
        "throughput of a resolver at full load" + over + " (knot, dnsperf), JSON to a file";
    Comparison comparison = new Comparison(figure, aim, "queries/s");
    dnsperf(mode, queries, effort.warmUpSeconds());
    for (int repeat = 0; repeat < effort.repeats(); repeat++) {
      for (Tracer tracer : Tracer.values()) {
        try (Tracer.Running _ = tracer.start(work, Bench.DNS_PORT)) {
          if (tracer == Tracer.IG) {
            dnsperf(mode, queries, effort.warmUpSeconds());
          }
          comparison.add(tracer, dnsperf(mode, queries, effort.blastSeconds()));
        }
      }
    }
    return comparison.measurement();
  }

  /// CPU time of the ig process for each row: a message as its sender or its receiver sees it.
  private Measurement cpuOverTcp(Path queries) throws IOException, InterruptedException {
    try (Ig ig = Ig.start(work, Ig.command(), Bench.DNS_PORT, "json")) {
      dnsperf("tcp", queries, 2 * effort.warmUpSeconds());
      long fromByte = ig.settledBytes();
      long fromNs = ProcessFigures.cpuNs(ig.pid());
      double perSecond = dnsperf("tcp", queries, effort.steadySeconds());
      long toByte = ig.settledBytes();
      long cpuNs = ProcessFigures.cpuNs(ig.pid()) - fromNs;
      long rows = ig.rowsBetween(fromByte, toByte);
      String measured =
          String.format(
              Locale.ROOT,
              "%.2f µs (%,d rows, %,.0f messages/s)",
              cpuNs / 1e3 / rows,
              rows,
              LookupLoad.PACKETS_PER_LOOKUP * perSecond);
      return new Measurement("user-space CPU per row over TCP, json to a file", measured, "");
    }
  }

  private Path writeQueries() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < NAMES; i++) {
      text.append("h").append(i).append(".bench.example.test A\n");
    }
    return Files.writeString(work.resolve("queries"), text);
  }

  private Child startKnot() throws IOException, InterruptedException {
    StringBuilder zone = new StringBuilder("$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n");
    zone.append("@ NS ns\nns A 192.0.2.1\n");
    for (int i = 0; i < NAMES; i++) {
      zone.append("h").append(i).append(" A 198.51.100.").append(i % 250 + 1).append('\n');
    }
    Files.writeString(work.resolve("bench.example.test.zone"), zone);
    Path storage = Files.createDirectories(work.resolve("knot"));
    Path config =
        Files.writeString(
            work.resolve("knot.conf"),
            String.join(
                "\n",
                "server:",
                "    rundir: \"" + storage + "\"",
                "    listen: 127.0.0.1@" + Bench.DNS_PORT,
                "database:",
                "    storage: \"" + storage + "\"",
                "log:",
                "  - target: stderr",
                "    any: info",
                "zone:",
                "  - domain: bench.example.test",
                "    storage: \"" + work + "\"",
                "    file: bench.example.test.zone",
                ""));
    Child knot = Child.start(work, "knotd", List.of("knotd", "-c", config.toString()));
    knot.awaitErr("server started");
    return knot;
  }

  private double dnsperf(String mode, Path queries, int seconds)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            "dnsperf",
            "-m",
            mode,
            "-s",
            "127.0.0.1",
            "-p",
            "" + Bench.DNS_PORT,
            "-d",
            queries.toString(),
            "-l",
            "" + seconds);
    String output = Child.run(work, "dnsperf", command);
    Matcher rate = RATE.matcher(output);
    if (!rate.find()) {
      throw new IOException("dnsperf printed no rate");
    }
    return Double.parseDouble(rate.group(1));
  }
}

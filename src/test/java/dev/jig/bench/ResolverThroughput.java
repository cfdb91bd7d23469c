package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What tracing costs a real name server at full load: knot with a zone of ours, asked by dnsperf.
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
    Comparison comparison =
        new Comparison(
            "throughput of a resolver at full load (knot, dnsperf), JSON to a file",
            "ig ≥ 0.80",
            "queries/s");
    Path queries = writeQueries();
    try (Child _ = startKnot()) {
      dnsperf(queries, effort.warmUpSeconds());
      for (int repeat = 0; repeat < effort.repeats(); repeat++) {
        for (Tracer tracer : Tracer.values()) {
          try (Tracer.Running _ = tracer.start(work, Bench.DNS_PORT)) {
            if (tracer == Tracer.IG) {
              dnsperf(queries, effort.warmUpSeconds());
            }
            comparison.add(tracer, dnsperf(queries, effort.blastSeconds()));
          }
        }
      }
    }
    return List.of(comparison.measurement());
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

  private double dnsperf(Path queries, int seconds) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            "dnsperf",
            "-s",
            "127.0.0.1",
            "-p",
            "" + Bench.DNS_PORT,
            "-d",
            queries.toString(),
            "-l",
            "" + seconds);
    String said = Child.run(work, "dnsperf", command);
    Matcher rate = RATE.matcher(said);
    if (!rate.find()) {
      throw new IOException("dnsperf tells no rate");
    }
    return Double.parseDouble(rate.group(1));
  }
}

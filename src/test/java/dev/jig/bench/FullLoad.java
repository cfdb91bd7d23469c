package dev.jig.bench;

import dev.jig.bench.Resolver.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/// A name server at full load: the rate that it keeps beside each tracer, and what the tracer
/// loses.
final class FullLoad implements FigureGroup {
  private static final long WARM_UP_QUERIES_PER_SECOND = 10_000;

  private final Path work;
  private final Effort effort;
  private final Build build;

  FullLoad(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  /// Rounds over one transport, each with all tracers.
  private static final class Rounds {
    final Transport transport;
    final List<Tracer> tracers;
    final Comparison rates = new Comparison();
    final Map<Tracer, Samples> lost = new EnumMap<>(Tracer.class);

    Rounds(Transport transport, List<Tracer> tracers) {
      this.transport = transport;
      this.tracers = new ArrayList<>(tracers);
    }

    List<Tracer> outputs() {
      return tracers.stream().filter(Tracer::isIg).sorted().toList();
    }

    Samples lostBy(Tracer tracer) {
      return lost.computeIfAbsent(tracer, _ -> new Samples());
    }

    String lost(Tracer tracer) {
      return Loss.rounds(lostBy(tracer), "rounds");
    }
  }

  @Override
  public String title() {
    return "resolver at full load";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Rounds udp = new Rounds(Transport.UDP, List.of(Tracer.values()));
    Rounds tcp =
        new Rounds(
            Transport.TCP,
            List.of(Tracer.NONE, Tracer.TCPDUMP_TEXT, Tracer.TCPDUMP_FILE, Tracer.IG_JSON));
    try (Resolver resolver = Resolver.start(work, Bench.DNS_PORT)) {
      resolver.fullLoad(Transport.UDP, effort.warmUpSeconds());
      for (int round = 0; round < effort.rounds(); round++) {
        measureRound(resolver, udp);
        if (round < effort.repeats()) {
          measureRound(resolver, tcp);
        }
      }
    }
    List<Measurement> figures = new ArrayList<>();
    figures.addAll(rows(udp, effort.rounds(), "", "JSON ≥ `tcpdump -n -l`"));
    figures.addAll(rows(tcp, Math.min(effort.rounds(), effort.repeats()), " over TCP", ""));
    return figures;
  }

  /// One round; another tracer begins the next.
  private void measureRound(Resolver resolver, Rounds rounds)
      throws IOException, InterruptedException {
    StringJoiner progress = new StringJoiner("; ");
    for (Tracer tracer : rounds.tracers) {
      try (RunningTracer running = tracer.start(work, build, Bench.DNS_PORT)) {
        if (tracer.isIg()) {
          warmUp(resolver, rounds.transport);
        }
        double rate = resolver.fullLoad(rounds.transport, effort.fullLoadSeconds());
        long lost = running.stop();
        rounds.rates.add(tracer, rate);
        rounds.lostBy(tracer).add(lost);
        progress.add(String.format(Locale.ROOT, "%s %,.0f (lost %,d)", tracer.title, rate, lost));
      }
    }
    rounds.rates.endRepeat();
    Collections.rotate(rounds.tracers, 1);
    Progress.print("%s: %s", rounds.transport, progress);
  }

  /// Two clients one after the other: the compiled code then also covers a new process.
  private void warmUp(Resolver resolver, Transport transport)
      throws IOException, InterruptedException {
    for (int client = 0; client < 2; client++) {
      resolver.steadyLoad(
          transport, WARM_UP_QUERIES_PER_SECOND, Math.ceilDiv(effort.warmUpSeconds(), 2));
    }
  }

  private static List<Measurement> rows(Rounds rounds, int count, String over, String aim) {
    String load = "a resolver at full load" + over + " (knot, dnsperf), " + count + " rounds";
    StringJoiner rates = new StringJoiner("; ");
    StringJoiner lost = new StringJoiner("; ");
    for (Tracer output : rounds.outputs()) {
      rates.add(output.title + " " + rounds.rates.rates(output, ""));
      lost.add(output.title + " " + rounds.lost(output));
    }
    return List.of(
        Measurement.withTcpdump(
            "queries/s of " + load + " (untraced " + rounds.rates.untraced("") + ")",
            rates.toString(),
            rounds.rates.rates(Tracer.TCPDUMP_TEXT, ""),
            rounds.rates.rates(Tracer.TCPDUMP_FILE, ""),
            aim),
        rounds.rates.measurement("throughput of " + load, " queries/s", rounds.outputs(), ""),
        Measurement.withTcpdump(
            "packets lost beside " + load,
            lost.toString(),
            rounds.lost(Tracer.TCPDUMP_TEXT),
            rounds.lost(Tracer.TCPDUMP_FILE),
            aim.isEmpty() ? "" : "JSON in fewer rounds than `tcpdump -n -l`"));
  }
}

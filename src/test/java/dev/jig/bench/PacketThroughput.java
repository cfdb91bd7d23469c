package dev.jig.bench;

import dev.jig.fixture.CProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Throughput of packets on loopback (src/test/c/blast.c) with and without tracing, for DNS and
/// other packets.
final class PacketThroughput implements FigureGroup {
  private static final String SIZE = "100";
  private static final List<Tracer> TRACERS =
      List.of(Tracer.NONE, Tracer.IG_JSON, Tracer.TCPDUMP_TEXT, Tracer.TCPDUMP_FILE);

  private final Path work;
  private final Effort effort;
  private final Build build;

  /// One load and its rates.
  private record Load(String mode, int port, String figure, String aim, Comparison rates) {
    Load(String mode, int port, String figure, String aim) {
      this(mode, port, figure, aim, new Comparison());
    }
  }

  PacketThroughput(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  @Override
  public String title() {
    return "traced/untraced throughput of packets";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Path blast = CProgram.build("blast");
    List<Load> loads =
        List.of(
            new Load("flood", Bench.OTHER_PORT, "non-DNS packets, flood", "≥ 0.95"),
            new Load("pingpong", Bench.OTHER_PORT, "non-DNS packets, ping-pong", "≥ 0.95"),
            new Load("flood", Bench.DNS_PORT, "DNS packets, flood, JSON", "≥ 0.80"),
            new Load("pingpong", Bench.DNS_PORT, "DNS packets, ping-pong, JSON", "≥ 0.80"));
    for (int repeat = 0; repeat < effort.repeats(); repeat++) {
      for (Tracer tracer : TRACERS) {
        try (RunningTracer _ = tracer.start(work, build, Bench.DNS_PORT)) {
          if (tracer.isIg()) {
            blast(blast, "flood", Bench.DNS_PORT, effort.warmUpSeconds());
          }
          for (Load load : loads) {
            load.rates.add(tracer, blast(blast, load.mode, load.port, effort.blastSeconds()));
          }
        }
      }
      loads.forEach(load -> load.rates.endRepeat());
    }
    List<Measurement> figures = new ArrayList<>();
    for (Load load : loads) {
      figures.add(
          load.rates.measurement(
              "throughput of " + load.figure + ", " + effort.repeats() + " repeats",
              " packets/s",
              List.of(Tracer.IG_JSON),
              load.aim));
    }
    return figures;
  }

  private double blast(Path program, String mode, int port, int seconds)
      throws IOException, InterruptedException {
    List<String> command = List.of(program.toString(), mode, "" + port, SIZE, "" + seconds);
    String output = Child.run(work, "blast", command);
    return Child.number(output, "packets") / (Child.number(output, "ns") / 1e9);
  }
}

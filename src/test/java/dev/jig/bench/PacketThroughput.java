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

  private final Path work;
  private final Effort effort;

  /// One load and its rates.
  private record Load(String mode, int port, Comparison comparison) {}

  PacketThroughput(Path work, Effort effort) {
    this.work = work;
    this.effort = effort;
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
            load("flood", Bench.OTHER_PORT, "non-DNS packets, flood", "ig ≥ 0.95"),
            load("pingpong", Bench.OTHER_PORT, "non-DNS packets, ping-pong", "ig ≥ 0.95"),
            load("flood", Bench.DNS_PORT, "DNS packets, flood, JSON to a file", "ig ≥ 0.80"),
            load(
                "pingpong", Bench.DNS_PORT, "DNS packets, ping-pong, JSON to a file", "ig ≥ 0.80"));
    for (int repeat = 0; repeat < effort.repeats(); repeat++) {
      for (Tracer tracer : Tracer.values()) {
        try (Tracer.Running _ = tracer.start(work, Bench.DNS_PORT)) {
          if (tracer == Tracer.IG) {
            blast(blast, "flood", Bench.DNS_PORT, effort.warmUpSeconds());
          }
          for (Load load : loads) {
            load.comparison.add(tracer, blast(blast, load.mode, load.port, effort.blastSeconds()));
          }
        }
      }
    }
    List<Measurement> figures = new ArrayList<>();
    for (Load load : loads) {
      figures.add(load.comparison.measurement());
    }
    return figures;
  }

  private static Load load(String mode, int port, String figure, String aim) {
    return new Load(mode, port, new Comparison("throughput of " + figure, aim, "packets/s"));
  }

  private double blast(Path program, String mode, int port, int seconds)
      throws IOException, InterruptedException {
    List<String> command = List.of(program.toString(), mode, "" + port, SIZE, "" + seconds);
    String output = Child.run(work, "blast", command);
    return Child.number(output, "packets") / (Child.number(output, "ns") / 1e9);
  }
}

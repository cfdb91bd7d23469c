package dev.jig.bench;

import dev.jig.bench.BpfStats.RunTime;
import dev.jig.fixture.CProgram;
import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What tracing costs packets that are not DNS and that the kernel drops: a flood on a network
/// namespace's loopback into a DROP rule (src/test/c/blast.c). Only the tracepoint kfree_skb runs
/// for them.
final class DroppedPackets implements FigureGroup {
  private static final String SIZE = "100";

  private final Path work;
  private final Effort effort;
  private final Build build;
  private final Comparison rates = new Comparison();
  private final Samples nsPerPacket = new Samples();

  DroppedPackets(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  @Override
  public String title() {
    return "dropped packets of other traffic";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    try (TestNetwork network = TestNetwork.direct();
        NetworkHost.Rule _ =
            network
                .client()
                .filter(Family.IPV4, "INPUT -p udp --dport " + Bench.OTHER_PORT + " -j DROP")) {
      for (int repeat = 0; repeat < effort.repeats(); repeat++) {
        rates.add(Tracer.NONE, flood(network.client()));
        measureTraced(network.client());
        rates.endRepeat();
      }
      measureKernelTime(network.client());
    }
    String count = ", " + effort.repeats() + " repeats";
    return List.of(
        rates.measurement(
            "throughput of dropped packets, not DNS" + count,
            " packets/s",
            List.of(Tracer.IG_JSON),
            "≥ 0.95"),
        new Measurement(
            "kernel programs per dropped packet, not DNS (bpf_stats)",
            nsPerPacket.text("%,.0f", " ns"),
            ""));
  }

  private void measureTraced(NetworkHost host) throws IOException, InterruptedException {
    try (RunningTracer _ = Tracer.IG_JSON.start(work, build, Bench.DNS_PORT)) {
      rates.add(Tracer.IG_JSON, flood(host));
    }
  }

  /// Apart from the rates: the statistics read the clock twice for each run.
  private void measureKernelTime(NetworkHost host) throws IOException, InterruptedException {
    try (RunningTracer ig = Tracer.IG_JSON.start(work, build, Bench.DNS_PORT);
        BpfStats _ = BpfStats.enable()) {
      for (int repeat = 0; repeat < effort.repeats(); repeat++) {
        RunTime begin = BpfStats.of(ig.pid());
        double perSecond = flood(host);
        RunTime used = BpfStats.of(ig.pid()).minus(begin);
        nsPerPacket.add(used.ns() / (perSecond * effort.blastSeconds()));
        Progress.print(
            String.format(
                Locale.ROOT, "dropped packets: %,.0f/s, %,d runs", perSecond, used.runs()));
      }
    }
  }

  private double flood(NetworkHost host) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            CProgram.build("blast").toString(),
            "send",
            Integer.toString(Bench.OTHER_PORT),
            SIZE,
            Integer.toString(effort.blastSeconds()));
    String output = Child.run(work, "blast", host.inside(command));
    return Child.number(output, "packets") / (Child.number(output, "ns") / 1e9);
  }
}

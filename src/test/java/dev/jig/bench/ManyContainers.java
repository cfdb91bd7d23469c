package dev.jig.bench;

import dev.jig.container.docker.FakeDocker;
import dev.jig.fixture.CProgram;
import dev.jig.os.CgroupDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Cost of 990 containers that are not traced beside ten that are: per packet, and at the start.
/// Their cgroups are empty; a simulated Docker lists their names.
final class ManyContainers implements FigureGroup {
  private static final int OF_INTEREST = 10;

  /// The containers of interest and one other.
  private static final int FEW = OF_INTEREST + 1;

  private static final int MANY = 1_000;
  private static final int STARTS = 5;
  private static final int PACKETS_EACH = 10;
  private static final String PACKET_BYTES = "100";

  private static final long TIMEOUT_NS = 60_000_000_000L;

  private final Path work;
  private final Effort effort;
  private final Build build;
  private final Path root = CgroupDirectory.rootPath();
  private final Samples untraced = new Samples();
  private final Figures few = new Figures();
  private final Figures many = new Figures();

  /// Figures with one number of containers; rates in packets a second.
  private static final class Figures {
    final Samples recorded = new Samples();
    final Samples skipped = new Samples();
    final Samples startMs = new Samples();
  }

  ManyContainers(Path work, Effort effort, Build build) {
    this.work = work;
    this.effort = effort;
    this.build = build;
  }

  @Override
  public String title() {
    return "10 of 1,000 containers";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    String skippedOf = "";
    for (int repeat = 0; repeat < effort.repeats(); repeat++) {
      measureWith(FEW, few);
      skippedOf = measureWith(MANY, many);
    }
    return List.of(
        new Measurement(
            "exec → tracing beside 1,000 containers",
            String.format(
                Locale.ROOT,
                "%.2f of beside %d (%.0f ms; %.0f ms)",
                many.startMs.median() / few.startMs.median(),
                FEW,
                many.startMs.median(),
                few.startMs.median()),
            "≤ 1.2"),
        new Measurement(
            "throughput of packets of interest, flood, beside 1,000 containers",
            ratio(many.recorded, few.recorded, "of beside " + FEW),
            "≥ 0.95"),
        new Measurement(
            "throughput of packets of no interest, flood, 10 of 1,000 containers wanted",
            ratio(many.skipped, untraced, "of untraced")
                + "; recorded "
                + ratio(many.recorded, untraced, "of untraced"),
            "≥ 0.95"),
        new Measurement(
            "packets of 990 containers of no interest, 10 each, that reach user space",
            skippedOf,
            "≤ 990"));
  }

  /// A rate as a ratio, and the added time per packet.
  private static String ratio(Samples rates, Samples base, String words) {
    double rate = rates.median();
    double of = base.median();
    return String.format(
        Locale.ROOT,
        "%.2f %s (%.0f ns a packet, %+.0f ns)",
        rate / of,
        words,
        1e9 / rate,
        1e9 / rate - 1e9 / of);
  }

  /// One repeat with so many containers; returns how many packets of no interest were skipped.
  private String measureWith(int count, Figures figures) throws IOException, InterruptedException {
    try (ContainerCgroups containers = ContainerCgroups.create(root, count);
        FakeDocker docker = docker(containers)) {
      untraced.add(blast(containers, count - 1, effort.blastSeconds()));
      for (int start = 0; start < STARTS; start++) {
        try (Ig ig = trace()) {
          figures.startMs.add(ig.startUpNs() / 1e6);
        }
      }
      try (Ig ig = trace()) {
        awaitNames(ig, containers, docker);
        blast(containers, 0, effort.warmUpSeconds());
        figures.recorded.add(blast(containers, 0, effort.blastSeconds()));
        figures.skipped.add(blast(containers, count - 1, effort.blastSeconds()));
      }
      return count == MANY ? measureSkipped(containers, docker) : "";
    }
  }

  /// Waits until a container of interest has rows: ig then has the names.
  private void awaitNames(Ig ig, ContainerCgroups containers, FakeDocker docker)
      throws IOException, InterruptedException {
    docker.awaitRequest(FakeDocker.ALL);
    long empty = ig.settledBytes();
    long deadlineNs = System.nanoTime() + TIMEOUT_NS;
    do {
      Child.run(work, "first", containers.onePacketFrom(0, Bench.DNS_PORT));
      if (System.nanoTime() > deadlineNs) {
        throw new IOException("no row of a container of interest");
      }
    } while (ig.settledBytes() == empty);
  }

  private Ig trace() throws IOException, InterruptedException {
    String names =
        IntStream.range(0, OF_INTEREST)
            .mapToObj(ContainerCgroups::name)
            .collect(Collectors.joining(","));
    List<String> selection =
        List.of("-v", "-c", names, "--docker-socketpath", work.resolve("docker.sock").toString());
    return Ig.start(work, build, selection, Bench.DNS_PORT, Output.COLUMNS);
  }

  private FakeDocker docker(ContainerCgroups containers) throws IOException {
    FakeDocker docker = new FakeDocker(work.resolve("docker.sock"));
    docker.answer(
        FakeDocker.ALL,
        IntStream.range(0, containers.count())
            .mapToObj(i -> FakeDocker.listed(containers.id(i), ContainerCgroups.name(i), "running"))
            .collect(Collectors.joining(",", "[", "]")));
    return docker;
  }

  private double blast(ContainerCgroups containers, int container, int seconds)
      throws IOException, InterruptedException {
    List<String> blast = new ArrayList<>(List.of(CProgram.build("blast").toString(), "flood"));
    blast.addAll(List.of("" + Bench.DNS_PORT, PACKET_BYTES, "" + seconds));
    String output = Child.run(work, "blast", containers.commandIn(container, blast));
    return Child.number(output, "packets") / (Child.number(output, "ns") / 1e9);
  }

  /// Each container of no interest sends 10 packets, one per round.
  private String measureSkipped(ContainerCgroups containers, FakeDocker docker)
      throws IOException, InterruptedException {
    try (Ig ig = trace()) {
      awaitNames(ig, containers, docker);
      for (int round = 0; round < PACKETS_EACH; round++) {
        Child.run(work, "rounds", containers.onePacketFromEach(OF_INTEREST, Bench.DNS_PORT));
        ig.settledBytes(); // the ring is read by then
      }
      long skipped = ig.skippedInKernel();
      long sent = (long) PACKETS_EACH * (containers.count() - OF_INTEREST);
      return String.format(
          Locale.ROOT, "%,d of %,d (%,d skipped in the kernel)", sent - skipped, sent, skipped);
    }
  }
}

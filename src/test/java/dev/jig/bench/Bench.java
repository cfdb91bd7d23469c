package dev.jig.bench;

import dev.jig.bench.SteadyLoad.Sides;
import dev.jig.it.kube.ClusterLoad;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// `bin/bench [--quick] [--baseline DIR] [GROUP…]`: measures everything in one run and prints one
/// Markdown table. Traffic stays on loopback, or in the cluster that JIG_TEST_KUBECONFIG names,
/// where it is set. Progress goes to stderr.
public final class Bench {
  /// The traced port; no resolver of this machine uses it.
  static final int DNS_PORT = 5399;

  /// The port of packets that are not DNS.
  static final int OTHER_PORT = 5398;

  private Bench() {}

  /// Measures and prints.
  ///
  /// @param args `--quick` measures shortly; `--baseline` names a checkout or tarball of an earlier
  ///   build to compare with; words choose groups by their title
  public static void main(String[] args) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work)));
    try {
      measure(work.toAbsolutePath(), BenchOptions.parse(args));
    } catch (IllegalArgumentException e) {
      System.err.println("bin/bench: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void measure(Path work, BenchOptions options)
      throws IOException, InterruptedException {
    Builds builds = Builds.find(work, options.baseline());
    List<FigureGroup> groups = options.select(groups(work, options.effort(), builds));
    System.out.println(MachineFacts.line(builds));
    System.out.println(
        options.effort() == Effort.QUICK
            ? "A quick run: not to be quoted."
            : "Medians, in brackets the least and the largest.");
    System.out.println();
    System.out.println(Measurement.head());
    for (FigureGroup group : groups) {
      Progress.print("%s", group.title());
      measureGroup(group).forEach(figure -> System.out.println(figure.row()));
    }
  }

  private static List<FigureGroup> groups(Path work, Effort effort, Builds builds) {
    List<FigureGroup> groups = new ArrayList<>();
    if (System.getenv("JIG_TEST_KUBECONFIG") != null) {
      groups.add(new ClusterLoad(work, effort.warmUpSeconds(), 3 * effort.steadySeconds()));
    }
    groups.addAll(loadGroups(work, effort, builds));
    groups.addAll(otherGroups(work, effort, builds));
    return groups;
  }

  private static List<FigureGroup> loadGroups(Path work, Effort effort, Builds builds) {
    Build build = builds.preferred();
    List<FigureGroup> groups = new ArrayList<>();
    groups.add(new LossFreeRate(work, effort, build));
    groups.add(new LossAtStart(work, effort, build));
    for (Sides sides : Sides.values()) {
      groups.add(new CpuBesideTcpdump(work, effort, build, sides));
    }
    builds.baseline().ifPresent(it -> groups.add(new CpuBesideBefore(work, effort, build, it)));
    groups.add(new KernelTime(work, effort, builds));
    groups.add(new GadgetCost(work, effort, build, Output.ADVISE));
    groups.add(new GadgetCost(work, effort, build, Output.TOP));
    groups.add(new FullLoad(work, effort, build));
    return groups;
  }

  private static List<FigureGroup> otherGroups(Path work, Effort effort, Builds builds) {
    Build build = builds.preferred();
    return List.of(
        new PacketThroughput(work, effort, build),
        new DroppedPackets(work, effort, build),
        new StartTime(work, effort, builds),
        new Footprint(work, effort, builds),
        new ManyContainers(work, effort, build),
        new FanIn(work, effort),
        new DecoderSpeed());
  }

  private static List<Measurement> measureGroup(FigureGroup group) throws InterruptedException {
    try {
      return group.measure();
    } catch (IOException | RuntimeException | AssertionError e) {
      return List.of(Measurement.failed(group.title(), "", e));
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.jig.bench;

import dev.jig.it.kube.ClusterLoad;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// `bin/bench [--quick] [GROUP…]`: measures everything in one run and prints one Markdown table.
/// Traffic stays on loopback, or in the cluster that JIG_TEST_KUBECONFIG names, where it is set.
/// Progress goes to stderr.
public final class Bench {
  /// The traced port; no resolver of this machine uses it.
  static final int DNS_PORT = 5399;

  /// The port of packets that are not DNS.
  static final int OTHER_PORT = 5398;

  private Bench() {}

  /// Measures and prints.
  ///
  /// @param args `--quick` measures shortly; words choose groups by their title
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(args));
    boolean quick = words.remove("--quick");
    Effort effort = quick ? Effort.QUICK : Effort.FULL;
    Path work = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work)));
    List<FigureGroup> groups = selectGroups(groups(work.toAbsolutePath(), effort), words);
    List<Measurement> figures = new ArrayList<>();
    for (FigureGroup group : groups) {
      System.err.println("bin/bench: " + group.title());
      figures.addAll(measureGroup(group));
    }
    System.out.println(MachineFacts.line());
    System.out.println(
        quick
            ? "A quick run: not to be quoted."
            : "Ratios are medians of "
                + effort.repeats()
                + " interleaved repeats, 1.00 = untraced.");
    System.out.println();
    System.out.println("| figure | measured | aim |");
    System.out.println("|---|---|---|");
    figures.forEach(figure -> System.out.println(figure.row()));
  }

  private static List<FigureGroup> groups(Path work, Effort effort) {
    List<FigureGroup> groups = new ArrayList<>();
    if (System.getenv("JIG_TEST_KUBECONFIG") != null) {
      groups.add(new ClusterLoad(work, effort.warmUpSeconds(), 3 * effort.steadySeconds()));
    }
    groups.addAll(machineGroups(work, effort));
    return groups;
  }

  private static List<FigureGroup> machineGroups(Path work, Effort effort) {
    return List.of(
        new LossFreeRate(work, effort),
        new CpuPerEvent(work, effort),
        new PacketThroughput(work, effort),
        new ResolverThroughput(work, effort),
        new Footprint(work, effort),
        new ManyContainers(work, effort),
        new FanIn(work, effort),
        new DecoderSpeed());
  }

  private static List<FigureGroup> selectGroups(List<FigureGroup> groups, List<String> words) {
    if (words.isEmpty()) {
      return groups;
    }
    List<FigureGroup> chosen =
        groups.stream().filter(group -> words.stream().anyMatch(group.title()::contains)).toList();
    if (chosen.isEmpty()) {
      System.err.println(
          "bin/bench: no group has any of "
              + words
              + " in its title; they are "
              + groups.stream().map(FigureGroup::title).toList());
      System.exit(2);
    }
    return chosen;
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

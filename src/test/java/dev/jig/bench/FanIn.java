package dev.jig.bench;

import dev.jig.agent.SimulatedAgents;
import dev.jig.kube.FanInClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// CPU, memory and time to the first row of one client of 200 nodes. The agents are simulated on
/// loopback, without a cluster and without its client library.
final class FanIn implements FigureGroup {
  private static final int NODES = 200;
  private static final int EVENTS_PER_SECOND = 100;

  private final Path work;
  private final Effort effort;

  FanIn(Path work, Effort effort) {
    this.work = work;
    this.effort = effort;
  }

  @Override
  public String title() {
    return "fan-in of many nodes";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    Path rows = work.resolve("fan-in.rows");
    try (SimulatedAgents agents = new SimulatedAgents(NODES, EVENTS_PER_SECOND)) {
      long startNs = System.nanoTime();
      try (Child client = Child.start(work, "fan-in", command(rows, agents.ports()))) {
        client.await("the first row", () -> size(rows) > 0);
        long firstNs = System.nanoTime() - startNs;
        client.awaitErr("begun");
        Thread.sleep(effort.warmUpSeconds() * 1_000L);
        long fromNs = System.nanoTime();
        long cpuNs = ProcessFigures.cpuNs(client.pid());
        Thread.sleep(effort.steadySeconds() * 1_000L);
        double share =
            (ProcessFigures.cpuNs(client.pid()) - cpuNs) / (double) (System.nanoTime() - fromNs);
        long rss = ProcessFigures.rssBytes(client.pid());
        long offered = agents.silence();
        Child.run(work, "interrupt", List.of("kill", "-INT", Long.toString(client.pid())));
        client.awaitEnd();
        return figures(firstNs, share, rss, offered, client.out());
      }
    } finally {
      Files.deleteIfExists(rows);
    }
  }

  private static List<Measurement> figures(
      long firstNs, double share, long rss, long offered, String output) throws IOException {
    String load =
        String.format(
            Locale.ROOT,
            "%d nodes at %d events/s into one client, -o json to a file",
            NODES,
            EVENTS_PER_SECOND);
    return List.of(
        new Measurement(
            "exec → first row, " + load,
            String.format(Locale.ROOT, "%d ms", firstNs / 1_000_000),
            ""),
        new Measurement(
            "CPU, " + load,
            String.format(
                Locale.ROOT,
                "%.0f %% of a core (%.1f µs an event)",
                share * 100,
                share * 1e6 / (NODES * EVENTS_PER_SECOND)),
            ""),
        new Measurement("RSS, " + load, String.format(Locale.ROOT, "%d MB", rss / 1_000_000), ""),
        new Measurement(
            "rows, " + load,
            String.format(
                Locale.ROOT,
                "%,d of %,d (%,d lost)",
                Child.number(output, "rows"),
                offered,
                Child.number(output, "lost")),
            "all"));
  }

  /// Runs Java as bin/kubectl-gadget does, with the tests' class path.
  private static List<String> command(Path rows, List<Integer> ports) {
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("@bin/java.options", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(FanInClient.class.getName(), rows.toString()));
    ports.forEach(port -> command.add(port.toString()));
    return command;
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.jig.it.kube;

import dev.jig.bench.FigureGroup;
import dev.jig.bench.Measurement;
import dev.jig.bench.ProcessFigures;
import dev.jig.fixture.IgProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Measures a real cluster with this machine as its only node: pods with a client and a server, the
/// agent, the forwarded port, and a trace that writes JSON.
public final class ClusterLoad implements FigureGroup {
  private static final String NAMESPACE = "jig-test-load";
  private static final String ASKER = "asker";
  private static final String SERVER = "dns";
  private static final int PORT = 5310;
  private static final int QUERIES_PER_SECOND = 5_000;

  /// Each message leaves one pod and arrives in another.
  private static final int ROWS_PER_LOOKUP = 4;

  private static final Pattern REPORT = Pattern.compile("sent=(\\d+) answered=(\\d+) ns=(\\d+)");
  private static final Pattern SUMMARY =
      Pattern.compile("([\\d,]+) rows from 1 node, ([\\d,]+) lost");
  private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

  private final Path rows;
  private final int warmUpSeconds;
  private final int seconds;
  private final List<Measurement> figures = new ArrayList<>();

  /// @param work where the client's rows go
  public ClusterLoad(Path work, int warmUpSeconds, int seconds) {
    this.rows = work.resolve("cluster.rows");
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
  }

  @Override
  public String title() {
    return "cluster under load";
  }

  @Override
  public List<Measurement> measure() throws IOException, InterruptedException {
    try {
      TestCluster.requireDeployed();
      TestCluster.makeNamespace(NAMESPACE);
      LoadPods.bringProgram(NAMESPACE);
      LoadPods.serve(NAMESPACE, SERVER, "resolver", PORT);
      LoadPods.ask(NAMESPACE, ASKER, "main");
      Stream.of(SERVER, ASKER).forEach(pod -> LoadPods.awaitReady(NAMESPACE, pod));
      long agent = TestCluster.agentPid();
      idle("no client", agent);
      try (IgProcess client = start()) {
        idle("one client", agent);
        underLoad(agent, client);
      }
      return figures;
    } finally {
      TestCluster.removeNamespace(NAMESPACE);
      TestCluster.removeEverything();
      Files.deleteIfExists(rows);
    }
  }

  private IgProcess start() {
    return TestCluster.trace(
        "-v", "-A", "-P", Integer.toString(PORT), "-o", "json", "--output-file", rows.toString());
  }

  private void idle(String with, long agent) throws IOException, InterruptedException {
    Thread.sleep(15_000); // background work after the start
    long fromNs = System.nanoTime();
    long cpuNs = ProcessFigures.scheduledNs(agent);
    Thread.sleep(seconds * 1_000L);
    double share =
        (ProcessFigures.scheduledNs(agent) - cpuNs) / (double) (System.nanoTime() - fromNs);
    figures.add(
        new Measurement(
            "idle CPU of the agent, " + with,
            String.format(Locale.ROOT, "%.2f %% of a core", share * 100),
            "≤ 0.5 % of a core"));
    figures.add(memory("agent, idle, " + with, agent));
  }

  private static Measurement memory(String process, long pid) throws IOException {
    return new Measurement(
        "RSS of the " + process,
        String.format(Locale.ROOT, "%d MB", ProcessFigures.rssBytes(pid) / 1_000_000),
        "");
  }

  private void underLoad(long agent, IgProcess client) throws IOException, InterruptedException {
    String server = LoadPods.address(NAMESPACE, SERVER);
    long sent = runQueries(server, warmUpSeconds).sent;
    long agentNs = ProcessFigures.cpuNs(agent);
    long clientNs = ProcessFigures.cpuNs(client.pid());
    SentQueries queries = runQueries(server, seconds);
    sent += queries.sent;
    settle();
    agentNs = ProcessFigures.cpuNs(agent) - agentNs;
    clientNs = ProcessFigures.cpuNs(client.pid()) - clientNs;
    String load =
        String.format(
            Locale.ROOT,
            ", %,.0f queries/s for %d s, %,.0f rows/s, -A -o json to a file",
            queries.sent * 1e9 / queries.ns,
            seconds,
            queries.sent * ROWS_PER_LOOKUP * 1e9 / queries.ns);
    figures.add(cpu("agent" + load, agentNs, queries));
    figures.add(cpu("client" + load, clientNs, queries));
    figures.add(memory("agent" + load, agent));
    figures.add(memory("client" + load, client.pid()));
    figures.add(rows(client.stop().err(), sent));
    TestCluster.agentLog().lines().filter(it -> it.contains("ended")).forEach(System.err::println);
  }

  private static Measurement cpu(String process, long cpuNs, SentQueries queries) {
    return new Measurement(
        "CPU of the " + process,
        String.format(
            Locale.ROOT,
            "%.0f %% of a core (%.1f µs a row)",
            cpuNs * 100.0 / queries.ns,
            cpuNs / 1e3 / (queries.sent * ROWS_PER_LOOKUP)),
        "");
  }

  private static Measurement rows(String output, long sent) throws IOException {
    System.err.print(output);
    Matcher summary = SUMMARY.matcher(output);
    if (!summary.find()) {
      throw new IOException("no summary in: " + output);
    }
    return new Measurement(
        "rows of all that was asked",
        String.format(
            Locale.ROOT,
            "%s of %,d (%s lost)",
            summary.group(1),
            sent * ROWS_PER_LOOKUP,
            summary.group(2)),
        "all");
  }

  private record SentQueries(long sent, long ns) {}

  private static SentQueries runQueries(String server, int seconds) throws IOException {
    String output = LoadPods.query(NAMESPACE, ASKER, server, PORT, QUERIES_PER_SECOND, seconds);
    Matcher matcher = REPORT.matcher(output);
    if (!matcher.find() || !matcher.group(1).equals(matcher.group(2))) {
      throw new IOException("not all was answered: " + output);
    }
    return new SentQueries(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(3)));
  }

  /// Waits until no more rows come.
  private void settle() throws InterruptedException {
    long startNs = System.nanoTime();
    for (long size = -1; size != size(); Thread.sleep(500)) {
      size = size();
      if (System.nanoTime() - startNs > TIMEOUT_NS) {
        throw new UncheckedIOException(new IOException("rows still come after 30 s"));
      }
    }
  }

  private long size() {
    try {
      return Files.size(rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A name server on loopback (knot with one worker) and its client (dnsperf): 1,000 names, each
/// with two addresses.
final class Resolver implements AutoCloseable {
  private static final int NAMES = 1000;
  private static final Pattern RATE = Pattern.compile("Queries per second:\\s+([0-9.]+)");
  private static final Pattern COMPLETED = Pattern.compile("Queries completed:\\s+(\\d+)");

  private final Path work;
  private final int port;
  private final Path queries;
  private final Child server;

  private Resolver(Path work, int port, Path queries, Child server) {
    this.work = work;
    this.port = port;
    this.queries = queries;
    this.server = server;
  }

  /// Transport of the queries.
  enum Transport {
    UDP,
    TCP
  }

  /// What dnsperf reports at its end.
  record Served(double perSecond, long queries) {}

  /// Starts the server.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static Resolver start(Path work, int port) throws IOException, InterruptedException {
    Path queries = writeNames(work);
    Child server = Child.start(work, "knotd", List.of("knotd", "-c", writeConfig(work, port)));
    server.awaitErr("server started");
    return new Resolver(work, port, queries, server);
  }

  /// Starts one run of queries at a rate.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  Load startLoad(ClientPlace place, Transport transport, long queriesPerSecond, int seconds)
      throws IOException {
    List<String> command = new ArrayList<>(dnsperf(transport, seconds));
    command.addAll(List.of("-Q", Long.toString(queriesPerSecond)));
    return new Load(Child.start(work, "dnsperf", place.command(command)));
  }

  /// Queries as fast as the server answers; returns the rate.
  double fullLoad(Transport transport, int seconds) throws IOException, InterruptedException {
    return served(Child.run(work, "dnsperf", dnsperf(transport, seconds))).perSecond;
  }

  /// Queries at a steady rate, from beginning to end.
  void steadyLoad(Transport transport, long queriesPerSecond, int seconds)
      throws IOException, InterruptedException {
    try (Load load = startLoad(ClientPlace.machine(), transport, queriesPerSecond, seconds)) {
      load.await();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /// A run of queries.
  static final class Load implements AutoCloseable {
    private final Child client;

    private Load(Child client) {
      this.client = client;
    }

    /// Waits for its end.
    Served await() throws IOException, InterruptedException {
      client.awaitEnd();
      return served(client.out());
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  private static Served served(String output) throws IOException {
    return new Served(
        Double.parseDouble(find(RATE, output)), Long.parseLong(find(COMPLETED, output)));
  }

  private static String find(Pattern pattern, String output) throws IOException {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IOException("dnsperf printed no " + pattern + ": " + output);
    }
    return matcher.group(1);
  }

  private List<String> dnsperf(Transport transport, int seconds) {
    String mode = transport == Transport.TCP ? "tcp" : "udp";
    List<String> command = new ArrayList<>(List.of("dnsperf", "-m", mode, "-s", "127.0.0.1"));
    command.addAll(List.of("-p", "" + port, "-d", queries.toString(), "-l", "" + seconds));
    return command;
  }

  /// Writes the zone and the queries; returns the file of queries.
  private static Path writeNames(Path work) throws IOException {
    StringBuilder zone = new StringBuilder("$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n");
    StringBuilder text = new StringBuilder();
    zone.append("@ NS ns\nns A 192.0.2.1\n");
    for (int i = 0; i < NAMES; i++) {
      for (String network : List.of("192.0.2.", "198.51.100.")) {
        zone.append("h").append(i).append(" A ").append(network).append(i % 250 + 1).append('\n');
      }
      text.append("h").append(i).append(".bench.example.test A\n");
    }
    Files.writeString(work.resolve("bench.example.test.zone"), zone);
    return Files.writeString(work.resolve("queries"), text);
  }

  private static String writeConfig(Path work, int port) throws IOException {
    Path storage = Files.createDirectories(work.resolve("knot"));
    String config =
        """
        server:
            rundir: "%1$s"
            listen: 127.0.0.1@%2$d
            udp-workers: 1
            tcp-workers: 1
        database:
            storage: "%1$s"
        log:
          - target: stderr
            any: info
        zone:
          - domain: bench.example.test
            storage: "%3$s"
            file: bench.example.test.zone
        """
            .formatted(storage, port, work);
    return Files.writeString(work.resolve("knot.conf"), config).toString();
  }
}

package dev.jig.bench;

import dev.jig.fixture.CProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A DNS server on loopback and a client that queries it at a given rate (src/test/c/load.c). A
/// lookup has two packets; each makes one row when sent and one when received.
final class LookupLoad implements AutoCloseable {
  static final int PACKETS_PER_LOOKUP = 2;
  static final int ROWS_PER_LOOKUP = 4;

  private final Path work;
  private final int port;
  private final Path program;
  private final Child server;

  /// Queries sent, responses received, duration.
  record Sent(long queries, long answered, long ns) {
    static final Sent NOTHING = new Sent(0, 0, 0);

    /// A query and a response each have a row of the sender and one of the receiver.
    long rows() {
      return 2 * (queries + answered);
    }
  }

  private LookupLoad(Path work, int port, Path program, Child server) {
    this.work = work;
    this.port = port;
    this.program = program;
    this.server = server;
  }

  /// Starts the server.
  static LookupLoad start(Path work, int port) throws IOException, InterruptedException {
    Path program = CProgram.build("load");
    Path ready = work.resolve("load.ready");
    Files.deleteIfExists(ready);
    List<String> command =
        List.of(program.toString(), "serve", "127.0.0.1", "" + port, ready.toString());
    Child server = Child.start(work, "load-serve", command);
    server.await("serving", () -> Files.exists(ready));
    return new LookupLoad(work, port, program, server);
  }

  /// Sends queries for some seconds; longer if the machine is too slow for the rate.
  Sent sendQueries(long packetsPerSecond, int seconds) throws IOException, InterruptedException {
    String rate = Long.toString(packetsPerSecond / PACKETS_PER_LOOKUP);
    List<String> command =
        List.of(program.toString(), "query", "127.0.0.1", "" + port, rate, "" + seconds);
    String output = Child.run(work, "load-query", command);
    return new Sent(
        Child.number(output, "sent"), Child.number(output, "answered"), Child.number(output, "ns"));
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(work.resolve("load.ready"));
  }
}

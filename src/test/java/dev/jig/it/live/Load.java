package dev.jig.it.live;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The program `load`: a server on loopback that answers every query, and a client that queries it.
final class Load implements AutoCloseable {
  private static final long TIMEOUT_NS = 10_000_000_000L;
  private static final Pattern REPORT =
      Pattern.compile("sent=(\\d+) answered=(\\d+) ns=(\\d+)\\s*");

  private final Process server;
  private final int port;

  private Load(Process server, int port) {
    this.server = server;
    this.port = port;
  }

  /// Serves until closed.
  static Load serve(int port, Path folder) throws IOException {
    Path ready = folder.resolve("serving");
    Process server =
        new ProcessBuilder(
                program(), "serve", "127.0.0.1", Integer.toString(port), ready.toString())
            .redirectErrorStream(true)
            .start();
    long deadline = System.nanoTime() + TIMEOUT_NS;
    while (!Files.exists(ready)) {
      if (!server.isAlive() || System.nanoTime() > deadline) {
        server.destroyForcibly();
        throw new AssertionError("no server on port " + port);
      }
      LockSupport.parkNanos(1_000_000);
    }
    return new Load(server, port);
  }

  /// @param durationNs longer than requested if the machine cannot keep the rate
  record Report(long sent, long answered, long durationNs) {
    long perSecond() {
      return sent * 1_000_000_000 / Math.max(1, durationNs);
    }
  }

  Report query(int perSecond, int seconds) {
    String out =
        Command.run(
                program(),
                "query",
                "127.0.0.1",
                Integer.toString(port),
                Integer.toString(perSecond),
                Integer.toString(seconds))
            .orThrow();
    Matcher report = REPORT.matcher(out);
    if (!report.matches()) {
      throw new AssertionError("load printed: " + out);
    }
    return new Report(
        Long.parseLong(report.group(1)),
        Long.parseLong(report.group(2)),
        Long.parseLong(report.group(3)));
  }

  private static String program() {
    return CProgram.build("load").toString();
  }

  @Override
  public void close() throws IOException {
    server.destroy();
    try {
      if (!server.waitFor(5, TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;

/// The tracer that runs during a load: nothing, tcpdump, or ig with its rows in a file.
enum Tracer {
  NONE("untraced"),
  TCPDUMP_TEXT("tcpdump -n -l"),
  TCPDUMP_FILE("tcpdump -w"),
  IG_JSON("JSON"),
  IG_COLUMNS("columns"),
  IG_PCAPNG("pcapng");

  final String title;

  Tracer(String title) {
    this.title = title;
  }

  boolean isIg() {
    return switch (this) {
      case IG_JSON, IG_COLUMNS, IG_PCAPNG -> true;
      case NONE, TCPDUMP_TEXT, TCPDUMP_FILE -> false;
    };
  }

  /// Starts it for a port and returns once it traces.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  RunningTracer start(Path work, Build build, int port) throws IOException, InterruptedException {
    return switch (this) {
      case NONE -> new Nothing();
      case TCPDUMP_TEXT -> Tcpdump.startText(work, port);
      case TCPDUMP_FILE -> Tcpdump.startFile(work, port);
      case IG_JSON -> Ig.start(work, build, Ig.HOST, port, Output.JSON);
      case IG_COLUMNS -> Ig.start(work, build, Ig.HOST, port, Output.COLUMNS);
      case IG_PCAPNG -> Ig.start(work, build, Ig.HOST, port, Output.PCAPNG);
    };
  }

  /// No tracer.
  private static final class Nothing implements RunningTracer {
    @Override
    public long pid() {
      throw new UnsupportedOperationException("no process");
    }

    @Override
    public long stop() {
      return 0;
    }

    @Override
    public void close() {}
  }
}

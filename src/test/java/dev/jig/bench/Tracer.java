package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The tracer that runs during the load: nothing, ig, or tcpdump with the port as its filter.
enum Tracer {
  NONE("untraced"),
  IG("ig -o json"),
  TCPDUMP_TEXT("tcpdump -n -l"),
  TCPDUMP_FILE("tcpdump -w");

  final String title;

  Tracer(String title) {
    this.title = title;
  }

  /// Starts it for a port and returns once it traces; null for [#NONE].
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  Running start(Path work, int port) throws IOException, InterruptedException {
    String filter = "port " + port;
    return switch (this) {
      case NONE -> () -> {};
      case IG -> Ig.start(work, Ig.command(), port, "json");
      case TCPDUMP_TEXT -> tcpdump(work, "-n", "-l", filter);
      case TCPDUMP_FILE -> tcpdump(work, "-w", work.resolve("bench.pcap").toString(), filter);
    };
  }

  private static Running tcpdump(Path work, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("tcpdump", "-i", "lo"));
    command.addAll(List.of(arguments));
    Child child = Child.start(work, "tcpdump", command);
    child.awaitErr("listening on");
    return () -> {
      child.close();
      java.nio.file.Files.deleteIfExists(work.resolve("bench.pcap"));
    };
  }

  /// A running tracer; stopped when closed.
  interface Running extends AutoCloseable {
    @Override
    void close() throws IOException;
  }
}

package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// tcpdump on loopback with a port as its filter.
final class Tcpdump implements RunningTracer {
  private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");

  private final Child child;
  private final Path file;

  private Tcpdump(Child child, Path file) {
    this.child = child;
    this.file = file;
  }

  /// `tcpdump -n -l`, its lines in a file; returns once it captures.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static Tcpdump startText(Path work, int port) throws IOException, InterruptedException {
    return start(work, List.of("-n", "-l"), work.resolve("none"), port);
  }

  /// `tcpdump -w`; returns once it captures.
  @SuppressWarnings("MustBeClosedChecker") // the caller closes
  static Tcpdump startFile(Path work, int port) throws IOException, InterruptedException {
    Path file = work.resolve("bench.pcap");
    return start(work, List.of("-w", file.toString()), file, port);
  }

  @SuppressWarnings("MustBeClosedChecker")
  private static Tcpdump start(Path work, List<String> output, Path file, int port)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tcpdump", "-i", "lo"));
    command.addAll(output);
    command.addAll(List.of("port", Integer.toString(port)));
    Child child = Child.start(work, "tcpdump", command);
    child.awaitErr("listening on");
    return new Tcpdump(child, file);
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public long stop() throws IOException, InterruptedException {
    child.stop();
    Matcher dropped = DROPPED.matcher(child.err());
    if (!dropped.find()) {
      throw new IOException("tcpdump printed no counts: " + child.err());
    }
    return Long.parseLong(dropped.group(1));
  }

  @Override
  public void close() throws IOException {
    child.close();
    Files.deleteIfExists(file);
  }
}

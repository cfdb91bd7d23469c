package dev.jig.kube;

import dev.jig.cli.OutputFormat;
import dev.jig.event.Row;
import dev.jig.kube.ClusterTrace.Request;
import dev.jig.kube.ClusterTrace.Request.PodSelection;
import dev.jig.os.Signals;
import dev.jig.output.RowWriter;
import dev.jig.trace.RowDetails;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A process that does what `kubectl gadget trace dns -A -o json` does, with agents on this
/// machine's loopback in place of a cluster. Prints `rows=N lost=N` on Ctrl-C.
public final class FanInClient implements ClusterTrace.Viewer {
  public static final String VERSION = "0.1.0";

  private static final long DNS_TIMEOUT_NS = 10_000_000_000L;

  private final RowWriter writer;

  private FanInClient(OutputStream rows) throws IOException {
    writer = OutputFormat.json(rows);
  }

  /// Runs it.
  ///
  /// @param args a file for rows, and the agents' ports
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (String port : List.of(args).subList(1, args.length)) {
      ports.put("node-" + (ports.size() + 1), Integer.valueOf(port));
    }
    Request request =
        new Request(
            List.of(),
            "53",
            DNS_TIMEOUT_NS,
            new RowDetails(false, false, true, true, false),
            new PodSelection("", "", "", ""),
            Set.of());
    try (OutputStream rows = Files.newOutputStream(Path.of(args[0]))) {
      ClusterTrace trace =
          new ClusterTrace(new LoopbackTransport(ports), request, VERSION, new FanInClient(rows));
      Signals.onInterrupt(trace::stop);
      trace.open();
      ClusterTrace.Summary summary = trace.run(0);
      System.out.println("rows=" + summary.rows() + " lost=" + summary.lost());
    }
  }

  @Override
  public void onStarted() {
    System.err.println("begun");
  }

  @Override
  public void onEvent(Row event) {
    try {
      writer.writeRow(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void onLost(long count) {
    System.err.println("lost " + count);
  }

  @Override
  public void flush() {
    try {
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void inform(String sentence) {
    System.err.println(sentence);
  }

  @Override
  public void debug(String sentence) {
    System.err.println(sentence);
  }
}

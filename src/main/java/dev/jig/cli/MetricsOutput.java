package dev.jig.cli;

import dev.jig.event.Row;
import dev.jig.export.DnsMetrics;
import dev.jig.export.MetricsServer;
import dev.jig.export.PacketCounts;
import dev.jig.trace.TraceSummary;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts the lookups of a trace, and serves the counts while it runs.
final class MetricsOutput implements TraceOutput {
  private final MetricsServer server;
  private final DnsMetrics metrics;
  private Supplier<PacketCounts> packets = () -> PacketCounts.NONE;

  MetricsOutput(MetricsServer server, DnsMetrics metrics) {
    this.server = server;
    this.metrics = metrics;
  }

  @Override
  public void onAttached(Supplier<TraceSummary> counts) {
    packets =
        () -> {
          TraceSummary summary = counts.get();
          return new PacketCounts(summary.packetsByFate(), summary.lostByStage());
        };
  }

  @Override
  public void begin() {
    server.start(metrics, packets);
    InetSocketAddress address = server.address();
    String host = address.getAddress().getHostAddress();
    Console.print(
        "serving http://"
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + address.getPort()
            + "/metrics");
  }

  @Override
  public void accept(Row row) {
    metrics.onRow(row);
  }

  @Override
  public void reportLoss(long count, String why) {
    Console.print("lost " + count + " samples: " + why + ".");
  }

  @Override
  public void onBatchEnd(boolean drained) {
    metrics.tick(System.nanoTime());
  }

  @Override
  public void finish(@Nullable Long received, long lost) {
    server.stop();
  }
}

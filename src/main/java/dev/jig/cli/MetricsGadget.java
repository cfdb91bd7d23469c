package dev.jig.cli;

import dev.jig.demo.Demo;
import dev.jig.event.UserFacingException;
import dev.jig.export.DnsMetrics;
import dev.jig.export.MetricsServer;
import dev.jig.export.WorkloadNames;
import dev.jig.filter.FilterExpression;
import java.io.IOException;

/// `metrics dns` on one machine: counts lookups and serves the counts.
final class MetricsGadget implements Gadget {
  private final MetricsOptions.Parsed parsed;
  private final TraceSettings settings;
  private final MetricsServer server;

  /// Binds the address, before anything is attached.
  MetricsGadget(SelectionOptions selection, MetricsOptions options) {
    this.parsed = options.parse();
    FilterExpression filter =
        AdviseOptions.parseFilter(selection.filters, "metrics dns", "it counts");
    this.settings = selection.parse(filter, selection.lookupDetails(filter, false, false));
    try {
      this.server = MetricsServer.bind(parsed.listen());
    } catch (IOException e) {
      throw UserFacingException.machine(
          "cannot listen on "
              + options.listen
              + ": "
              + Failures.reason(e)
              + "; choose another address: --listen 127.0.0.1:PORT");
    }
  }

  @Override
  public TraceSettings settings() {
    return settings;
  }

  @Override
  public TraceOutput open(Source source, Runnable onFailure) {
    WorkloadNames workloads = new WorkloadNames(parsed.isPerWorkload());
    return new MetricsOutput(
        server, new DnsMetrics(parsed.maxSeries(), workloads, System.nanoTime()));
  }

  @Override
  public Demo.Scenario demo() {
    return Demo.Scenario.FAULTS;
  }

  @Override
  public boolean needsFileBesideCommand() {
    return false;
  }
}

package dev.jig.cli;

import dev.jig.event.UserFacingException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ig metrics dns`: counts lookups and serves them as metrics, until stopped.
@Command(
    name = "dns",
    description = "Serve metrics of DNS lookups for Prometheus, until stopped.",
    customSynopsis = "ig metrics dns [FLAGS]",
    footer = {"", "Try it: ig metrics dns --host, then curl http://127.0.0.1:9435/metrics"})
final class MetricsDnsCommand implements Callable<Integer> {
  @Mixin SourceOptions source = new SourceOptions();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin MetricsOptions options = new MetricsOptions();

  @Override
  public Integer call() {
    refuse(source.read != null, "--read", "ig advise dns --read");
    refuse(source.demo, "--demo", "ig top dns --demo");
    refuse(!source.command.isEmpty(), "-- CMD", "ig top dns -- CMD");
    refuse(selection.paths, "--paths", "ig trace dns --paths");
    refuse(selection.outputFile != null, "--output-file", "curl -o FILE");
    return source.run(selection, () -> new MetricsGadget(selection, options));
  }

  private static void refuse(boolean isUsed, String flag, String instead) {
    if (isUsed) {
      throw UserFacingException.usage(
          "ig metrics dns has no " + flag + ": it serves what happens now.",
          "Use " + instead + ".");
    }
  }
}

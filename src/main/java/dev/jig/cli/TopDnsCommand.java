package dev.jig.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ig top dns`: counts lookups by container or other keys, in a terminal in place.
@Command(
    name = "dns",
    description = "Count DNS lookups: most queries, most failures, at which server.",
    customSynopsis = {
      "ig top dns [FLAGS]",
      "       ig top dns [FLAGS] -- CMD ARG...",
    },
    footer = {"", "Try it: ig top dns --demo", "On a terminal: ? shows the keys."})
final class TopDnsCommand implements Callable<Integer> {
  @Mixin SourceOptions source = new SourceOptions();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin TopOptions options = new TopOptions();

  @Override
  public Integer call() {
    return source.run(selection, () -> new TopGadget(selection, options));
  }
}

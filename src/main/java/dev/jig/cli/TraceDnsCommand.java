package dev.jig.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `ig trace dns`: shows DNS packets with their container and process.
@Command(
    name = "dns",
    description = "Trace DNS queries and responses.",
    customSynopsis = {
      "ig trace dns [FLAGS]",
      "       ig trace dns [FLAGS] -- CMD ARG...",
    },
    footer = {
      "",
      "Try it: ig trace dns --demo",
      "Every flag can be set in the environment: INSPEKTOR_GADGET_ and its name in capitals, - as _,",
      "such as INSPEKTOR_GADGET_CONTAINERNAME. The flag wins."
    })
final class TraceDnsCommand implements Callable<Integer> {
  @Mixin SourceOptions source = new SourceOptions();

  @Mixin TraceDnsOptions options = new TraceDnsOptions();

  @Option(
      names = "--names",
      order = 42,
      fallbackValue = "true",
      description = "One row per name that a program wanted, with all lookups for it.")
  void setNames(boolean names) {
    options.names = names;
  }

  @Override
  public Integer call() {
    return source.run(options.selection, () -> new TraceDnsGadget(options));
  }
}

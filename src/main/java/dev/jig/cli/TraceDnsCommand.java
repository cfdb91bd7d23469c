package dev.jig.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Override
  public Integer call() {
    return source.run(options.selection, () -> new TraceDnsGadget(options));
  }
}

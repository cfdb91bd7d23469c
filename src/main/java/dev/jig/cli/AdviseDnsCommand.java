package dev.jig.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ig advise dns`: says what is wrong with the lookups, since when, why, and what to do.
@Command(
    name = "dns",
    description = "Watch DNS lookups, then print what is wrong and what to do.",
    customSynopsis = {
      "ig advise dns [FLAGS]",
      "       ig advise dns [FLAGS] -- CMD ARG...",
    },
    footer = {
      "",
      "Try it: ig advise dns --demo",
      "Exit code 3: --fail-on was given, and there is such a finding."
    })
final class AdviseDnsCommand implements Callable<Integer> {
  @Mixin SourceOptions source = new SourceOptions();

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Mixin AdviseOptions options = new AdviseOptions();

  @Override
  public Integer call() {
    if (options.list) {
      AdviseOptions.printKinds();
      return 0;
    }
    return source.run(selection, () -> new AdviseGadget(selection, options));
  }
}

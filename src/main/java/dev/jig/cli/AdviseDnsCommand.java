package dev.jig.cli;

import dev.jig.advise.FindingId;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Option(
      names = "--list",
      order = 54,
      description = "List the kinds of findings with what each means, and end.")
  boolean list;

  @Override
  public Integer call() {
    if (list) {
      printKinds();
      return 0;
    }
    return source.run(selection, () -> new AdviseGadget(selection, options));
  }

  static void printKinds() {
    for (FindingId id : FindingId.values()) {
      System.out.println(
          String.format(
              Locale.ROOT, "%-19s %-8s %s", id.text(), id.severity().text(), id.meaning()));
    }
  }
}

package dev.jig.cli;

import dev.jig.event.UsageException;
import dev.jig.filter.ContainerSelection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ig trace dns`: which container and process asks which name.
@Command(
    name = "dns",
    description = "Trace DNS queries and responses.",
    sortOptions = false,
    footer = {
      "",
      "Try it: ig trace dns --demo",
      "Every flag can be set by environment: INSPEKTOR_GADGET_ and its name, as _CONTAINERNAME."
    })
final class TraceDnsCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--containername"},
      paramLabel = "NAMES",
      description = "Only these containers: names, !name to exclude, ids of 12 or more digits.")
  @Nullable String containerName;

  @Option(names = "--host", description = "Show processes outside containers too.")
  boolean host;

  @Option(
      names = "--demo",
      description = "Make a handful of lookups and show their rows; needs no network.")
  boolean demo;

  @Option(
      names = "--read",
      paramLabel = "FILE",
      description = "Read packets from a pcap or pcapng file, - is stdin; needs no root.")
  @Nullable String read;

  @Mixin TraceDnsOptions options = new TraceDnsOptions();

  @Mixin RuntimeOptions runtimes = new RuntimeOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Parameters(
      paramLabel = "-- CMD ARG",
      description = "Run this command and trace only it and its descendants.")
  List<String> command = List.of();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Console.setVerbose(options.verbose);
    refuseStrayWords();
    TraceDnsOptions.Parsed parsed = options.parse();
    ContainerSelection selection =
        ContainerSelection.parse(containerName == null ? "" : containerName, host);
    refuseTwoSources();
    if (read != null) {
      return new FileRun(read, options, parsed).run();
    }
    if (demo) {
      return new DemoRun(options, parsed).run();
    }
    if (!command.isEmpty()) {
      return new CommandRun(command, options, parsed).run();
    }
    return new LiveRun(selection, host, runtimes, options, parsed).run();
  }

  /// Only what follows `--` is a command: a stray word is a mistake, not to be run.
  private void refuseStrayWords() {
    List<String> words = spec.commandLine().getParseResult().originalArgs();
    if (!command.isEmpty() && !words.contains("--")) {
      throw new ParameterException(
          spec.commandLine(),
          "\"" + command.getFirst() + "\" is no flag of ig trace dns; a command follows --");
    }
  }

  private void refuseTwoSources() {
    int sources = (read != null ? 1 : 0) + (demo ? 1 : 0) + (command.isEmpty() ? 0 : 1);
    if (sources > 1) {
      throw new UsageException(
          "--read, --demo and -- CMD exclude each other.",
          "Each is a source of packets: take one.");
    }
  }
}

package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.trace.CommandCgroup;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Flags of all gadgets of one machine: where the packets come from.
final class SourceOptions {
  @Option(
      names = {"-c", "--containername"},
      order = 10,
      paramLabel = "NAMES",
      description = "Only these containers: names, ids of 12 or more digits, !name to exclude.")
  @Nullable String containerName;

  @Option(
      names = "--host",
      order = 11,
      fallbackValue = "true",
      description = "Show processes outside containers too.")
  boolean host;

  @Option(
      names = "--demo",
      order = 12,
      fallbackValue = "true",
      description = "Make six lookups on loopback and show their rows; needs no network.")
  boolean demo;

  @Option(
      names = "--read",
      order = 13,
      paramLabel = "FILE",
      description = "Read packets from a pcap or pcapng file (-: stdin); needs no root.")
  @Nullable String read;

  @Option(
      names = "--command-user",
      hidden = true,
      paramLabel = "UID:GID[:GROUPS]",
      description = "User of CMD; bin/ig sets it when it runs ig through sudo.")
  @Nullable String commandUser;

  @Mixin RuntimeOptions runtimes = new RuntimeOptions();

  @Parameters(
      paramLabel = "-- CMD ARG...",
      hideParamSyntax = true,
      description = "Run this command and trace only it and its descendants.")
  List<String> command = List.of();

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  /// Runs a gadget on the source and returns the exit code.
  ///
  /// @param gadget created after the flags of the source are checked
  int run(SelectionOptions options, Supplier<Gadget> gadget) {
    Console.setVerbose(options.verbosity.isVerbose());
    refuseStrayWords();
    Gadget created = gadget.get();
    return created.exitCode(run(options, created));
  }

  private int run(SelectionOptions options, Gadget gadget) {
    ContainerSelection selection =
        ContainerSelection.parse(containerName == null ? "" : containerName, host);
    CommandCgroup.User user = commandUser();
    refuseTwoSources();
    if (read == null && !demo && command.isEmpty()) {
      return new LiveRun(selection, host, runtimes, options, gadget).run();
    }
    if (read != null) {
      // Processes outside containers are shown without --host too: the writer of the file chose.
      boolean others = host || selection.isAllContainers();
      return new FileRun(read, ContainerSelection.parse(containerName, others), options, gadget)
          .run();
    }
    if (!selection.isAllContainers()) {
      Console.print("-c has no effect with --demo and -- CMD: they trace no container.");
    }
    if (!command.isEmpty() && gadget.needsFileBesideCommand()) {
      throw UserFacingException.usage(
          "-o pcapng with -- CMD needs a file: stdout belongs to the command.",
          "Name one: --output-file dns.pcapng.");
    }
    return demo
        ? new DemoRun(options, gadget).run()
        : new CommandRun(command, user, options, gadget).run();
  }

  /// Refuses positional words that do not follow `--`, and `--` without a command.
  private void refuseStrayWords() {
    List<String> words = spec.commandLine().getParseResult().originalArgs();
    int dashes = words.indexOf("--");
    int meant = dashes < 0 ? 0 : words.size() - dashes - 1;
    if (command.size() > meant) {
      throw new ParameterException(
          spec.commandLine(),
          "\""
              + command.getFirst()
              + "\" is not a flag of "
              + spec.qualifiedName()
              + "; a command to run follows --");
    }
    if (dashes >= 0 && meant == 0) {
      throw UserFacingException.usage(
          "There is no command after --.", "Write one: " + spec.qualifiedName() + " -- CMD ARG...");
    }
  }

  private void refuseTwoSources() {
    int sources = (read != null ? 1 : 0) + (demo ? 1 : 0) + (command.isEmpty() ? 0 : 1);
    if (sources > 1) {
      throw UserFacingException.usage(
          "--read, --demo and -- CMD exclude each other.",
          "Each is a source of packets: take one.");
    }
  }

  private CommandCgroup.@Nullable User commandUser() {
    if (commandUser == null) {
      return null;
    }
    if (!commandUser.matches("\\d+:\\d+(:\\d+(,\\d+)*)?")) {
      throw UserFacingException.usage(
          "\"" + commandUser + "\" is not a value of --command-user.",
          "Write numbers: UID:GID or UID:GID:GROUP,GROUP.");
    }
    String[] ids = commandUser.split(":", -1);
    return new CommandCgroup.User(ids[0], ids[1], ids.length > 2 ? ids[2] : "");
  }
}

package dev.jig.cli;

import dev.jig.os.Native;
import dev.jig.trace.EarlyLoad;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `ig`.
@Command(
    name = "ig",
    description = "Traces what containers do on this machine, live from the kernel.",
    subcommands = {
      AdviseCommand.class,
      MetricsCommand.class,
      TopCommand.class,
      TraceCommand.class,
      ListContainersCommand.class,
      AgentCommand.class,
      VersionCommand.class
    },
    versionProvider = VersionCommand.class,
    footer = {"", "Try it: ig trace dns --demo"})
public final class Ig implements Runnable {
  private static final int HELP_WIDTH = 100;

  private static final Set<String> GADGETS = Set.of("advise", "metrics", "top", "trace");
  private static final Set<String> NO_TRACE = Set.of("-h", "--help", "--read", "--list");

  @Mixin VersionOption version = new VersionOption();

  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  /// Exit codes: 0 done, 1 not possible on this machine, 2 a mistake on the command line, with `--
  /// CMD` that of CMD.
  public static void main(String[] args) {
    int code = execute(args, System.getenv());
    System.out.flush();
    System.err.flush();
    // not exit(): threads that follow a runtime would delay it, and no shutdown hook is needed
    Runtime.getRuntime().halt(code);
  }

  /// Runs one command line and returns its exit code. What a trace needs of the kernel is loaded
  /// while the command line is parsed.
  static int execute(String[] args, Map<String, String> environment) {
    if (isLiveTrace(args, environment)) {
      EarlyLoad.start();
    } else if (args.length > 0 && GADGETS.contains(args[0])) {
      Native.preload();
    }
    return commandLine(environment).execute(args);
  }

  /// Whether a command line most likely ends in a live trace: `ig trace dns`, `ig advise dns`, `ig
  /// metrics dns` or `ig top dns` without `--read` and `--help`. If it does not, the programs were
  /// loaded in vain; if it was not recognised, they are loaded later.
  static boolean isLiveTrace(String[] args, Map<String, String> environment) {
    if (args.length < 2 || !GADGETS.contains(args[0]) || !args[1].equals("dns")) {
      return false;
    }
    for (String word : args) {
      if (word.equals("--")) {
        break;
      }
      if (NO_TRACE.contains(word) || word.startsWith("--read=")) {
        return false;
      }
    }
    return !environment.containsKey("INSPEKTOR_GADGET_READ");
  }

  /// Builds the command line of `ig`.
  ///
  /// @param environment variables that set flags, see [EnvironmentDefaults]
  static CommandLine commandLine(Map<String, String> environment) {
    return commandLine(new Ig(), environment);
  }

  /// Builds the command line of a top command, `ig` or `kubectl gadget`.
  static CommandLine commandLine(Object command, Map<String, String> environment) {
    CommandLine line = inDeclaredOrder(new CommandLine(command));
    CommandLine top = line.getSubcommands().get("top");
    if (top != null) {
      top.setAllowOptionsAsOptionParameters(true); // --sort -lookups, beside kubectl's -l
    }
    return line.setUsageHelpWidth(HELP_WIDTH)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .setParameterExceptionHandler(Failures::onParameters)
        .setExecutionExceptionHandler(Failures::onExecution)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false); // in `-- dig @192.0.2.1`, @ is no file of arguments
  }

  /// Lists flags by their `order`, here and in all subcommands.
  private static CommandLine inDeclaredOrder(CommandLine command) {
    command.getCommandSpec().usageMessage().sortOptions(false);
    command.getSubcommands().values().forEach(Ig::inDeclaredOrder);
    return command;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "ig needs a command: ig trace dns");
  }
}

package dev.jig.cli;

import dev.jig.os.Machine;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The `ig` command.
@Command(
    name = "ig",
    description = "Shows what containers do on this machine, live from the kernel.",
    subcommands = {
      TraceCommand.class,
      ListContainersCommand.class,
      AgentCommand.class,
      VersionCommand.class
    },
    sortOptions = false,
    footer = {"", "Try it: ig trace dns --demo"})
public final class Ig implements Runnable {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  /// Ends with the exit code of docs: 0 done, 1 the machine can't, 2 a wrong word on the command
  /// line.
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("trace")) {
      Machine.prepare();
    }
    int code = commandLine(System.getenv()).execute(args);
    System.out.flush();
    System.err.flush();
    // not exit(): no thread that follows a runtime may keep us, nothing needs an orderly goodbye
    Runtime.getRuntime().halt(code);
  }

  /// The command line as users have it.
  ///
  /// @param environment where flags may stand, too
  static CommandLine commandLine(Map<String, String> environment) {
    return commandLine(new Ig(), environment);
  }

  /// That of another front end, read in the same way.
  static CommandLine commandLine(Object command, Map<String, String> environment) {
    return new CommandLine(command)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .setParameterExceptionHandler(Failures::onParameters)
        .setExecutionExceptionHandler(Failures::onExecution)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false); // dig @192.0.2.1 names no file of arguments
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "ig needs a command: ig trace dns");
  }
}

package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ig trace`: the parent of the trace commands.
@Command(
    name = "trace",
    description = "Trace events as they happen.",
    subcommands = TraceDnsCommand.class)
final class TraceCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "ig trace needs a gadget: ig trace dns");
  }
}

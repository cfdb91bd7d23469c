package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kubectl gadget trace`: the parent of the trace commands.
@Command(
    name = "trace",
    description = "Trace events as they happen.",
    subcommands = ClusterTraceDnsCommand.class)
final class ClusterTraceCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "kubectl gadget trace needs a gadget: kubectl gadget trace dns");
  }
}

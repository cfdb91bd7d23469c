package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kubectl gadget advise`: the parent of the commands that give advice.
@Command(
    name = "advise",
    description = "Watch, then say what is wrong and what to do.",
    subcommands = ClusterAdviseDnsCommand.class)
final class ClusterAdviseCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "kubectl gadget advise needs a gadget: kubectl gadget advise dns");
  }
}

package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ig advise`: the parent of the commands that give advice.
@Command(
    name = "advise",
    description = "Watch, then say what is wrong and what to do.",
    subcommands = AdviseDnsCommand.class)
final class AdviseCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "ig advise needs a gadget: ig advise dns");
  }
}

package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ig top`: the parent of the commands that count.
@Command(
    name = "top",
    description = "Count events by container, process or other keys.",
    subcommands = TopDnsCommand.class)
final class TopCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "ig top needs a gadget: ig top dns");
  }
}

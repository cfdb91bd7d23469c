package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kubectl gadget top`: the parent of the commands that count.
@Command(
    name = "top",
    description = "Count events by pod, node or other keys, on all nodes.",
    subcommands = ClusterTopDnsCommand.class)
final class ClusterTopCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "kubectl gadget top needs a gadget: kubectl gadget top dns");
  }
}

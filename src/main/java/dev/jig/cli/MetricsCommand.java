package dev.jig.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ig metrics`: the parent of the commands that serve metrics.
@Command(
    name = "metrics",
    description = "Serve metrics for Prometheus, until stopped.",
    subcommands = MetricsDnsCommand.class)
final class MetricsCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "ig metrics needs a gadget: ig metrics dns");
  }
}

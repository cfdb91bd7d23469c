package dev.jig.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kubectl gadget`: the same traces on a cluster. kubectl runs `kubectl-gadget` on PATH for it.
@Command(
    name = "kubectl gadget",
    description = "Shows what pods do, on all nodes, live from their kernels.",
    subcommands = {
      DeployCommand.class,
      UndeployCommand.class,
      ClusterTraceCommand.class,
      ClusterVersionCommand.class,
      HelmChartCommand.class
    },
    sortOptions = false,
    footer = {"", "Try it: kubectl gadget deploy --image IMAGE; kubectl gadget trace dns -A"})
public final class KubectlGadget implements Runnable {
  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  /// Exit codes as ig's.
  public static void main(String[] args) {
    Console.setName("kubectl gadget");
    int code = commandLine(System.getenv()).execute(args);
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code); // threads of connections keep nobody
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return Ig.commandLine(new KubectlGadget(), environment);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "kubectl gadget needs a command: deploy, undeploy, trace or version");
  }
}

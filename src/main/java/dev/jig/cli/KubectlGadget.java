package dev.jig.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `kubectl gadget`: traces on a cluster. kubectl runs the program `kubectl-gadget` of
/// PATH for it.
@Command(
    name = "kubectl gadget",
    description = "Traces what pods do on all nodes, live from their kernels.",
    subcommands = {
      DeployCommand.class,
      UndeployCommand.class,
      ClusterAdviseCommand.class,
      ClusterTopCommand.class,
      ClusterTraceCommand.class,
      ClusterVersionCommand.class
    },
    versionProvider = ClusterVersionCommand.Client.class,
    footer = {"", "Try it: kubectl gadget deploy --image IMAGE; kubectl gadget trace dns -A"})
public final class KubectlGadget implements Runnable {
  @Mixin VersionOption version = new VersionOption();

  @Mixin HelpOption help = new HelpOption();

  @Spec CommandSpec spec = CommandSpec.create();

  /// Exit codes as of [Ig#main].
  public static void main(String[] args) {
    Console.setName("kubectl gadget");
    int code = commandLine(System.getenv()).execute(args);
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code); // threads of open connections would delay exit()
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return Ig.commandLine(new KubectlGadget(), environment);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "kubectl gadget needs a command: deploy, undeploy, advise, top, trace or version");
  }
}

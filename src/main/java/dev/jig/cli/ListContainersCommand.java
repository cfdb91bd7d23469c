package dev.jig.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `ig list-containers`: containers known on this machine.
@Command(name = "list-containers", description = "List the containers of this machine.")
final class ListContainersCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}

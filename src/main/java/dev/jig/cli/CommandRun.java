package dev.jig.cli;

import dev.jig.trace.CommandCgroup;
import dev.jig.trace.Machine;
import dev.jig.trace.TraceSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// `ig trace dns -- CMD`: one command and its descendants, live.
final class CommandRun {
  private static final Set<String> CONTAINER_CLIENTS =
      Set.of("docker", "podman", "nerdctl", "ctr", "crictl", "kubectl");

  private final List<String> command;
  private final TraceDnsOptions options;
  private final TraceDnsOptions.Parsed parsed;

  CommandRun(List<String> command, TraceDnsOptions options, TraceDnsOptions.Parsed parsed) {
    this.command = List.copyOf(command);
    this.options = options;
    this.parsed = parsed;
  }

  int run() {
    hintAtContainerClient();
    Session session = Session.open(options, parsed, RowOutput.Stream.STDERR);
    try (CommandCgroup cgroup = CommandCgroup.make(session.trace().cgroupRoot())) {
      session.trace().attach(cgroup, session.rows());
      session.begin();
      Process process = cgroup.start(command);
      // Ctrl-C reaches the command by itself; it decides when this ends.
      Machine.onInterrupt(process::destroy);
      CompletableFuture<Void> _ = process.onExit().thenRun(session.trace()::stop);
      TraceSummary summary = session.run();
      int code = process.waitFor();
      if (summary.lost() > 0 || options.verbose) {
        Console.plain(summary.line());
      }
      session.checkOutput();
      return code;
    } catch (IOException e) {
      throw new CannotException(
          "cannot run " + command.getFirst() + " in a cgroup of its own: " + RowOutput.reason(e));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void hintAtContainerClient() {
    String name = Path.of(command.getFirst()).getFileName().toString();
    if (CONTAINER_CLIENTS.contains(name)) {
      Console.say(
          name
              + " asks a daemon to run the container, which is no descendant of it:"
              + " to trace the container, use -c NAME in another terminal.");
    }
  }
}

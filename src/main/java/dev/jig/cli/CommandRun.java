package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.os.Signals;
import dev.jig.os.Terminal;
import dev.jig.trace.CommandCgroup;
import dev.jig.trace.TraceSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// `ig trace dns -- CMD`: runs a command in a cgroup of its own and traces it and its descendants.
final class CommandRun {
  /// Clients of a daemon: the containers they start are not their descendants.
  private static final Set<String> CONTAINER_CLIENTS =
      Set.of(
          "docker",
          "docker-compose",
          "podman",
          "podman-compose",
          "nerdctl",
          "ctr",
          "crictl",
          "kubectl");

  private final List<String> command;
  private final CommandCgroup.@Nullable User user;
  private final SelectionOptions options;
  private final Gadget gadget;
  private final AtomicBoolean stopRequested = new AtomicBoolean();
  private volatile @Nullable Process process;

  /// @param user the user the command runs as; null: this process's
  CommandRun(
      List<String> command,
      CommandCgroup.@Nullable User user,
      SelectionOptions options,
      Gadget gadget) {
    this.command = List.copyOf(command);
    this.user = user;
    this.options = options;
    this.gadget = gadget;
  }

  int run() {
    CommandStatus program = CommandStatus.check(command.getFirst(), System.getenv("PATH"));
    if (program != CommandStatus.FOUND) {
      Console.print(program.message(command.getFirst()));
      return program.exitCode();
    }
    hintIfContainerClient();
    Session session = Session.open(options, gadget.settings(), gadget, Source.COMMAND);
    Signals.onSignal(this::onSignal);
    try (CommandCgroup cgroup = CommandCgroup.create(session.cgroupRoot())) {
      session.attach(cgroup, session.output());
      session.begin();
      return stopRequested.get() ? 0 : trace(session, cgroup.start(command, user));
    } catch (IOException e) {
      throw UserFacingException.machine(
          "cannot run "
              + command.getFirst()
              + " in a cgroup of its own: "
              + Failures.reason(e)
              + "; run as root, and in a container with the host's cgroup namespace");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int trace(Session session, Process started) throws InterruptedException {
    process = started;
    if (stopRequested.get()) {
      started.destroy(); // the signal came while the command was starting
    }
    CompletableFuture<Void> _ =
        started.onExit().thenAcceptAsync(ended -> session.requestStop(ended.exitValue()));
    TraceSummary summary = session.run();
    int code = started.waitFor(); // --timeout may end the trace before the command
    session.finish(summary, false);
    return code;
  }

  /// Passes a signal on to the command as SIGTERM; the second one halts this process with exit code
  /// 1. Ctrl-C at a terminal reaches the command without help, and the command decides whether to
  ///    end.
  private void onSignal(String name) {
    if (name.equals("INT") && Terminal.isInForeground()) {
      return;
    }
    if (!stopRequested.compareAndSet(false, true)) {
      Runtime.getRuntime().halt(1);
    }
    Process running = process;
    if (running != null) {
      running.destroy();
    }
  }

  private void hintIfContainerClient() {
    Path name = Path.of(command.getFirst()).getFileName();
    if (name != null && CONTAINER_CLIENTS.contains(name.toString())) {
      Console.print(
          name
              + " asks a daemon to run the container, so the container is not its descendant:"
              + " to trace the container, use -c NAME in another terminal.");
    }
  }
}

package dev.jig.cli;

import dev.jig.cli.ContainerList.Change;
import dev.jig.container.ContainerListener;
import dev.jig.container.Containers;
import dev.jig.event.Container;
import dev.jig.filter.ContainerSelection;
import dev.jig.os.CgroupDirectory;
import dev.jig.os.PipeEnd;
import dev.jig.os.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `ig list-containers`: lists the running containers of this machine, and with `-w` the changes.
@Command(
    name = "list-containers",
    description = "List the containers of this machine.",
    abbreviateSynopsis = true)
final class ListContainersCommand implements Callable<Integer> {
  private static final int STDOUT = 1;
  private static final long READER_CHECK_MS = 200;

  @Option(
      names = {"-w", "--watch"},
      order = 1,
      fallbackValue = "true",
      description = "Watch: print a line for each container that is created or deleted.")
  boolean watch;

  @Option(
      names = {"-c", "--containername"},
      order = 2,
      paramLabel = "NAMES",
      description = "Only these containers: names, ids of 12 or more digits, !name to exclude.")
  @Nullable String containerName;

  @Option(
      names = {"-o", "--output"},
      order = 3,
      paramLabel = "FORMAT",
      defaultValue = "columns",
      description = "columns[=...], json, jsonpretty or yaml (default: ${DEFAULT-VALUE}).")
  String output = "columns";

  @Mixin RuntimeOptions runtimes = new RuntimeOptions();

  @Mixin VerboseOption verbosity = new VerboseOption();

  private final CountDownLatch stopRequested = new CountDownLatch(1);

  @Override
  public Integer call() {
    Console.setVerbose(verbosity.isVerbose());
    ContainerSelection selection =
        ContainerSelection.parse(containerName == null ? "" : containerName, false);
    Listener listener = new Listener(ContainerFormat.parse(output), selection);
    List<RuntimeOptions.SelectedRuntime> selected = runtimes.select();
    return watch ? watch(listener, selected) : list(listener, selected);
  }

  private int list(Listener listener, List<RuntimeOptions.SelectedRuntime> selected) {
    try (Containers containers = follow(listener, selected)) {
      containers.ready().join();
      print(
          listener.format.list(
              containers.allRunning().stream().filter(listener::isWanted).toList()));
      return reportUnavailableRuntimes(selected);
    }
  }

  private int watch(Listener listener, List<RuntimeOptions.SelectedRuntime> selected) {
    Signals.onInterrupt(stopRequested::countDown);
    print(listener.format.watchHeader(terminal()));
    try (Containers containers = follow(listener, selected)) {
      containers.ready().join();
      if (reportUnavailableRuntimes(selected) != 0 && !anyAnswers(selected)) {
        return Failures.EXIT_FAILURE;
      }
      listener.initialListDone = true;
      boolean stopped = false;
      while (!stopped && !PipeEnd.isReaderGone(STDOUT)) {
        stopped = stopRequested.await(READER_CHECK_MS, TimeUnit.MILLISECONDS);
      }
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Containers follow(
      Listener listener, List<RuntimeOptions.SelectedRuntime> selected) {
    var clients = selected.stream().map(RuntimeOptions.SelectedRuntime::runtime).toList();
    Containers containers = new Containers(CgroupDirectory.rootPath(), clients, listener);
    containers.start();
    return containers;
  }

  /// Prints a line for each runtime that was expected to answer and does not. Without any runtime,
  /// containers are shown by their id alone.
  ///
  /// @return [Failures#EXIT_FAILURE] if the user can do something about it, else 0
  private static int reportUnavailableRuntimes(List<RuntimeOptions.SelectedRuntime> selected) {
    boolean failed = false;
    boolean reported = false;
    boolean answered = false;
    for (RuntimeOptions.SelectedRuntime each : selected) {
      if (each.runtime().canAnswer()) {
        answered = true;
      } else if (each.isExpected()) {
        Console.print(each.unavailableMessage());
        reported = true;
        failed |= each.requested();
      } else {
        Console.debug(each.unavailableMessage());
      }
    }
    if (!answered && !reported) {
      Console.print(
          "no container runtime answers: containers are shown by their id;"
              + " -v lists the sockets that were tried.");
    }
    return failed || (!answered && reported) ? Failures.EXIT_FAILURE : 0;
  }

  private static boolean anyAnswers(List<RuntimeOptions.SelectedRuntime> selected) {
    return selected.stream().anyMatch(each -> each.runtime().canAnswer());
  }

  private static OptionalInt terminal() {
    return RowStream.stdout().terminalColumns();
  }

  /// Prints lines; called by the threads of the runtimes too.
  private synchronized void print(String text) {
    try {
      RowStream out = RowStream.stdout();
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (!PipeEnd.isReaderGone(STDOUT)) {
        throw Failures.ofFile("cannot write to stdout", e);
      }
      stopRequested.countDown();
    }
  }

  /// Prints the changes of `-w`.
  private final class Listener implements ContainerListener {
    private final ContainerFormat format;
    private final ContainerSelection selection;

    /// Until then [#reportUnavailableRuntimes] reports missing runtimes, so warnings are debug
    /// lines.
    private volatile boolean initialListDone;

    Listener(ContainerFormat format, ContainerSelection selection) {
      this.format = format;
      this.selection = selection;
    }

    boolean isWanted(Container container) {
      return selection.match(container) == ContainerSelection.Match.PASS;
    }

    @Override
    public void onStarted(Container container, Instant at) {
      changed(at, Change.CREATED, container);
    }

    @Override
    public void onStopped(Container container, Instant at) {
      changed(at, Change.DELETED, container);
    }

    private void changed(Instant at, Change change, Container container) {
      if (watch && isWanted(container)) {
        print(format.watchRow(at, change, container, terminal()));
      }
    }

    @Override
    public void onWarning(String sentence) {
      if (initialListDone) {
        Console.print(sentence);
      } else {
        Console.debug(sentence);
      }
    }

    @Override
    public void onDebug(String sentence) {
      Console.debug(sentence);
    }
  }
}

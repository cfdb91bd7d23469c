package dev.jig.cli;

import dev.jig.container.ContainerListener;
import dev.jig.container.Containers;
import dev.jig.filter.ContainerSelection;
import dev.jig.os.Signals;
import java.util.concurrent.CompletableFuture;

/// `ig trace dns`: traces the containers of this machine, live.
final class LiveRun {
  private final ContainerSelection selection;
  private final boolean host;
  private final RuntimeOptions runtimes;
  private final SelectionOptions options;
  private final Gadget gadget;

  LiveRun(
      ContainerSelection selection,
      boolean host,
      RuntimeOptions runtimes,
      SelectionOptions options,
      Gadget gadget) {
    this.selection = selection;
    this.host = host;
    this.runtimes = runtimes;
    this.options = options;
    this.gadget = gadget;
  }

  int run() {
    var clients = runtimes.select().stream().map(RuntimeOptions.SelectedRuntime::runtime).toList();
    Session session = Session.open(options, gadget.settings(), gadget, Source.LIVE);
    try (Containers containers = new Containers(session.cgroupRoot(), clients, new Printer())) {
      session.attach(containers, selection);
      Signals.onInterrupt(() -> session.requestStop(0));
      session.begin();
      session.stopAfter(gadget.settings().limitNs());
      containers.start();
      CompletableFuture<Void> _ = containers.ready().thenRun(() -> hintIfNoContainer(containers));
      session.finish(session.run());
    }
    return 0;
  }

  private void hintIfNoContainer(Containers containers) {
    if (!host && containers.runningCount() == 0) {
      Console.print(
          "no container is known yet: waiting for one; --host shows other processes too.");
    }
  }

  /// Prints the messages of container resolution.
  private static final class Printer implements ContainerListener {
    @Override
    public void onWarning(String sentence) {
      Console.print(sentence);
    }

    @Override
    public void onDebug(String sentence) {
      Console.debug(sentence);
    }
  }
}

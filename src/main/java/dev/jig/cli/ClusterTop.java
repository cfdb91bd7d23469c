package dev.jig.cli;

import dev.jig.advise.Counted;
import dev.jig.event.UserFacingException;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import dev.jig.os.Signals;
import dev.jig.top.Snapshot;
import dev.jig.top.SortOrder;
import dev.jig.top.ViewSpec;
import dev.jig.top.screen.Control;
import dev.jig.top.screen.Screen;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run of `top dns` on a cluster. Each open view is a trace of its own, of which the nodes send
/// counts; of views within views the outermost and the innermost are open.
final class ClusterTop implements Control {
  private final Cluster cluster;
  private final Function<ViewSpec, ClusterTrace.Request> requests;
  private final SelectionOptions selection;
  private final TopOptions.Parsed options;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final @Nullable Screen screen;
  private final TopWriter writer;
  private final Map<ViewSpec, ClusterView> open = new HashMap<>();

  private volatile ViewSpec shown;
  private volatile SortOrder order;
  private volatile int maxRows;
  private volatile boolean finished;

  /// @param requests what to ask of the nodes for a view
  /// @param onScreen whether to use the terminal's whole screen
  ClusterTop(
      Cluster cluster,
      Function<ViewSpec, ClusterTrace.Request> requests,
      SelectionOptions selection,
      TopOptions.Parsed options,
      boolean onScreen) {
    this.cluster = cluster;
    this.requests = requests;
    this.selection = selection;
    this.options = options;
    this.shown = options.view();
    this.order = options.sort();
    this.maxRows = options.maxRows();
    this.writer = new TopWriter(selection.openOutput(true), options.isJson(), ended::countDown);
    this.screen = onScreen ? openScreen() : null;
  }

  private @Nullable Screen openScreen() {
    try {
      return options.openScreen(this);
    } catch (IOException e) {
      Console.debug("no full screen: " + e.getMessage());
      return null;
    }
  }

  /// Counts until the user ends it, or the time limit.
  ///
  /// @param limitNs 0: none
  void run(long limitNs) throws InterruptedException {
    ClusterView first = new ClusterView(this, options.view(), options.intervalNs());
    first.open(cluster, requests.apply(options.view()));
    open.put(options.view(), first);
    PodSelectionOptions.hintIfNoPod(cluster, requests.apply(options.view()));
    Signals.onInterrupt(() -> {
      quit();
      closeScreen();
      ShutdownWatchdog.enforce(
          () -> finished, writer::isBlocked, 0, () -> "the nodes did not report in time.");
    });
    if (screen != null) {
      Console.divert(screen::onMessage);
      screen.start();
    }
    try {
      first.start();
      await(limitNs);
    } finally {
      closeScreen();
    }
    finish();
  }

  private void await(long limitNs) throws InterruptedException {
    if (limitNs == 0) {
      ended.await();
    } else {
      boolean _ = ended.await(limitNs, TimeUnit.NANOSECONDS);
    }
  }

  private void closeScreen() {
    if (screen != null) {
      screen.close();
      Console.endDiversion();
    }
  }

  private void finish() throws InterruptedException {
    List<ClusterView> views;
    synchronized (this) {
      views = List.copyOf(open.values());
    }
    views.forEach(ClusterView::stop);
    ClusterTrace.Summary summary = null;
    long lookups = 0;
    for (ClusterView view : views) {
      ClusterTrace.Summary ofView = view.join();
      if (summary == null || view.isOutermost()) {
        summary = ofView;
        lookups = view.lookups();
      }
    }
    if (summary != null && (!writer.isReaderGone() || summary.lost() > 0)) {
      printSummary(summary, lookups);
    }
    finished = true;
    writer.throwIfError();
  }

  private static void printSummary(ClusterTrace.Summary summary, long lookups) {
    ClusterSummary.print(Counted.of(lookups, "lookup", "lookups"), summary.nodes(), summary.lost());
    for (ClusterTrace.NodeSummary node : summary.ofNodes()) {
      if (node.gap() != null) {
        Console.print(node.node() + ": " + node.gap() + ".");
      }
    }
  }

  /// The streams of the first view have started.
  void onStarted() {
    selection.createReadyFile();
  }

  /// A view's interval has ended; of views that are not shown the table is not.
  ///
  /// @param isLast whether the trace has ended
  void onInterval(ClusterView view, boolean isLast) {
    if (view.spec().equals(shown)) {
      Snapshot table = view.snapshot(order, maxRows);
      if (screen == null) {
        writer.write(table);
      } else if (!isLast) {
        screen.onSnapshot(table);
      }
    }
    if (screen == null) {
      writer.checkReader();
    }
  }

  @Override
  public synchronized void show(List<ViewSpec> views) {
    shown = views.getLast();
    Set<ViewSpec> wanted = new HashSet<>(List.of(views.getFirst(), views.getLast()));
    open.entrySet()
        .removeIf(entry -> {
          boolean isOver = !wanted.contains(entry.getKey());
          if (isOver) {
            entry.getValue().stop();
          }
          return isOver;
        });
    for (ViewSpec spec : wanted) {
      open.computeIfAbsent(spec, this::openLater);
    }
  }

  /// Opens a view without delaying the screen.
  private ClusterView openLater(ViewSpec spec) {
    ClusterView view = new ClusterView(this, spec, options.intervalNs());
    Thread.ofVirtual()
        .name("view")
        .start(() -> {
          try {
            view.open(cluster, requests.apply(spec));
            view.start();
          } catch (UserFacingException e) {
            Console.print(e.text());
          }
        });
    return view;
  }

  @Override
  public void setRows(SortOrder newOrder, int newMaxRows) {
    order = newOrder;
    maxRows = newMaxRows;
  }

  @Override
  public void quit() {
    ended.countDown();
  }
}

package dev.jig.cli;

import com.google.protobuf.ByteString;
import dev.jig.event.Row;
import dev.jig.kube.Cluster;
import dev.jig.kube.ClusterTrace;
import dev.jig.names.Zones;
import dev.jig.top.Snapshot;
import dev.jig.top.SortOrder;
import dev.jig.top.View;
import dev.jig.top.ViewSpec;
import dev.jig.top.wire.KeyDecoder;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One view of `top` on a cluster: adds up what the nodes count. An interval ends when it is over
/// and each node has reported in it: nodes report once a second, at times of their own.
final class ClusterView implements ClusterTrace.Viewer {
  /// How long a node that does not report delays the others.
  private static final long MAX_LATE_NS = TimeUnit.SECONDS.toNanos(1);

  /// Reports are about a second apart, sometimes less.
  private static final long EARLY_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ClusterTop top;
  private final View view;
  private final long intervalNs;
  private final Map<String, KeyDecoder> decoders = new HashMap<>();

  /// Nodes that reported in the interval before this one.
  private Set<String> expected = new HashSet<>();

  private Set<String> reported = new HashSet<>();
  private long intervalStartNs;
  private long packetsLost;

  private volatile @Nullable ClusterTrace trace;
  private volatile boolean isStopped;
  private volatile @Nullable Thread thread;
  private volatile ClusterTrace.@Nullable Summary summary;

  ClusterView(ClusterTop top, ViewSpec spec, long intervalNs) {
    this.top = top;
    this.view = new View(spec, new Zones());
    this.intervalNs = intervalNs;
  }

  ViewSpec spec() {
    return view.spec();
  }

  boolean isOutermost() {
    return spec().conditions().isEmpty();
  }

  /// Lookups so far; after [#join].
  long lookups() {
    return view.stats().all().total();
  }

  /// Starts the streams.
  ///
  /// @throws dev.jig.event.UserFacingException if there are no agents
  void open(Cluster cluster, ClusterTrace.Request request) {
    ClusterTrace opened = new ClusterTrace(cluster, request, VersionCommand.version(), this);
    opened.open();
    trace = opened;
    if (isStopped) {
      opened.stop();
    }
  }

  /// Starts to add up, on a thread of its own.
  void start() {
    thread = Thread.ofPlatform().daemon().name("nodes").start(this::run);
  }

  private void run() {
    ClusterTrace opened = trace;
    if (opened == null) {
      return;
    }
    try {
      intervalStartNs = System.nanoTime();
      summary = opened.run(0);
      top.onInterval(this, true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the streams soon; from any thread.
  void stop() {
    isStopped = true;
    ClusterTrace opened = trace;
    if (opened != null) {
      opened.stop();
    }
  }

  /// Waits for the end; null if it was never started.
  ClusterTrace.@Nullable Summary join() throws InterruptedException {
    Thread started = thread;
    if (started != null) {
      started.join();
    }
    return summary;
  }

  Snapshot snapshot(SortOrder order, int maxRows) {
    return view.snapshot(order, maxRows, System.nanoTime() - intervalStartNs, packetsLost);
  }

  @Override
  public void onStarted() {
    top.onStarted();
    intervalStartNs = System.nanoTime();
  }

  @Override
  public void onReport(String node, ByteString content) throws IOException {
    KeyDecoder decoder =
        decoders.computeIfAbsent(node, name -> new KeyDecoder(view.spec().by(), name));
    if (decoder.addTo(view.stats(), content)) {
      reported.add(node);
    }
  }

  @Override
  public void flush() {
    long sinceNs = System.nanoTime() - intervalStartNs;
    boolean haveAllReported = !reported.isEmpty() && reported.containsAll(expected);
    boolean isOver = haveAllReported && sinceNs >= intervalNs - EARLY_NS;
    if (!isStopped && (isOver || sinceNs >= intervalNs + MAX_LATE_NS)) {
      endInterval();
    }
  }

  private void endInterval() {
    top.onInterval(this, false);
    view.stats().beginInterval();
    intervalStartNs = System.nanoTime();
    expected = reported;
    reported = new HashSet<>();
  }

  @Override
  public void onLost(long count) {
    packetsLost += count;
  }

  @Override
  public void onEvent(Row event) {
    // the nodes send no rows
  }

  @Override
  public void inform(String sentence) {
    Console.print(sentence);
  }

  @Override
  public void debug(String sentence) {
    Console.debug(sentence);
  }
}

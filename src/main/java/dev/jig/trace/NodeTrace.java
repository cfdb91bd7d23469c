package dev.jig.trace;

import dev.jig.capture.KernelCounters;
import dev.jig.capture.LiveCapture;
import dev.jig.capture.Packet;
import dev.jig.capture.PacketHandler;
import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.os.NativeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A trace of a node with any number of views: one capture, one pipeline per view. The kernel
/// records the union of what the views want, and nothing while there is none. The thread in [#run]
/// owns the ring and all pipelines; any thread may open and close views.
public final class NodeTrace implements AutoCloseable {
  private static final int POLL_MS = 20;

  /// Bound of skipped cgroups per view; beyond it all are cleared.
  private static final int MAX_SKIPPED = 65_536;

  private final PacketFanOut fanOut;
  private final UnaryOperator<Row> naming;
  private final LiveCapture capture;
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final List<View> views = new ArrayList<>();
  private volatile boolean stopped;
  private final AtomicLong iterations = new AtomicLong();
  private int epoch;

  private NodeTrace(PacketFanOut fan, boolean verbose, UnaryOperator<Row> naming) {
    this.fanOut = fan;
    this.naming = naming;
    this.capture = LiveCapture.load(new BitSet(), false, verbose, fan);
    fan.views = views;
  }

  /// Hands every record to all views.
  private static final class PacketFanOut implements PacketHandler {
    @Nullable Containers containers;
    List<View> views = List.of();

    @Override
    public void onPacket(Packet packet) {
      for (View view : views) {
        view.packet(packet);
      }
    }

    @Override
    public void onCgroupCreated(long id, String path) {
      if (containers != null) {
        containers.onCgroupCreated(id, path); // once: all views listen to it
      }
    }

    @Override
    public void onSocketClosed(long socketCookie, long bootNs) {
      for (View view : views) {
        view.pipeline.onSocketClosed(socketCookie, bootNs);
      }
    }
  }

  /// Bound of pending queries per view; 32 views share one heap.
  private static final int MAX_PENDING_PER_VIEW = 16_384;

  /// One client's rows: its ports, selection, filter and pipeline.
  public final class View {
    private final PortSet ports;
    private final Set<Long> skipped = new HashSet<>();
    private final Pipeline pipeline;
    private final @Nullable ContainerScope scope;

    private View(
        LiveSettings settings,
        Containers containers,
        ContainerSelection selection,
        Consumer<Row> output) {
      this.ports = settings.ports();
      LivePipeline made =
          LivePipeline.forContainers(
              settings, containers, selection, this::skip, this::clearSkipped, output);
      this.pipeline = made.pipeline();
      pipeline.setEndpointNaming(naming);
      pipeline.limitPending(MAX_PENDING_PER_VIEW);
      this.scope = made.scope();
    }

    /// Passes on a packet of this view's ports; the kernel records those of all views.
    private void packet(Packet packet) {
      if (ports.isAny()
          || ports.contains(packet.sourcePort())
          || ports.contains(packet.destinationPort())
          || packet.nameserver() != null && ports.contains(packet.nameserverPort())) {
        pipeline.onPacket(packet);
      }
    }

    /// Nothing of this cgroup is wanted by this view until [#clearSkipped].
    private void skip(long cgroupId) {
      if (skipped.size() >= MAX_SKIPPED) {
        clearSkipped();
      }
      skipped.add(cgroupId);
      skipIfAllViewsSkip(cgroupId);
    }

    /// Makes the kernel record all cgroups again, by a new epoch.
    private void clearSkipped() {
      skipped.clear();
      capture.enableVerdicts(++epoch);
    }

    /// Rows of all kinds emitted so far; exact once closed.
    public long rows() {
      Counters counters = pipeline.counters();
      return counters.rows() + counters.unansweredRows() + counters.lookups();
    }

    /// Messages dropped so far by selection or filter.
    public long filtered() {
      return pipeline.counters().filtered();
    }

    /// Messages dropped so far because their container, or its name, could not be determined.
    public long unknown() {
      return pipeline.counters().nameUnknown() + pipeline.counters().containerUnknown();
    }

    /// Queries evicted so far before response or timeout.
    public long evicted() {
      return pipeline.evicted();
    }

    /// Closes the view; once the future completes there are no more rows. From any thread.
    public CompletableFuture<Void> close() {
      return runOnRingThread(() -> remove(this));
    }
  }

  /// Loads the kernel programs; nothing is attached yet.
  ///
  /// @param naming gives rows the names of their addresses; called on the ring thread
  /// @throws UserFacingException if this machine cannot be traced
  public static NodeTrace load(boolean verbose, UnaryOperator<Row> naming) {
    try {
      return new NodeTrace(new PacketFanOut(), verbose, naming);
    } catch (NativeException e) {
      throw LiveTrace.toUserFacing(e, verbose);
    }
  }

  /// Attaches; nothing is recorded until a view is open.
  ///
  /// @throws UserFacingException if the kernel refuses
  public void attach(Containers containers) {
    fanOut.containers = containers;
    try {
      capture.attach();
    } catch (NativeException e) {
      throw LiveTrace.toUserFacing(e, true);
    }
  }

  /// Where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount.
  public Path cgroupRoot() {
    return capture.cgroupRoot();
  }

  /// What this kernel does without, and why; complete once attached.
  public Map<String, String> missingPrograms() {
    return capture.missingPrograms();
  }

  /// Opens a view; the future completes once its packets are recorded. From any thread, after
  /// [#attach].
  ///
  /// @param output takes its rows, on the ring thread
  public CompletableFuture<View> open(
      LiveSettings settings, ContainerSelection selection, Consumer<Row> output) {
    Containers containers = Objects.requireNonNull(fanOut.containers, "not attached");
    CompletableFuture<View> opened = new CompletableFuture<>();
    CompletableFuture<Void> _ =
        runOnRingThread(() -> {
          View view = new View(settings, containers, selection, output);
          views.add(view);
          capture.enableVerdicts(++epoch); // present skips do not consider this view
          updatePorts();
          opened.complete(view);
        });
    return opened;
  }

  private void remove(View view) {
    if (!views.remove(view)) {
      return;
    }
    view.pipeline.finish();
    if (fanOut.containers != null && view.scope != null) {
      fanOut.containers.removeListener(view.scope);
    }
    updatePorts();
    if (!views.isEmpty()) {
      List.copyOf(views.getFirst().skipped).forEach(this::skipIfAllViewsSkip);
    }
  }

  private void skipIfAllViewsSkip(long cgroupId) {
    if (views.stream().allMatch(view -> view.skipped.contains(cgroupId))) {
      capture.skipCgroup(cgroupId, epoch);
    }
  }

  private void updatePorts() {
    BitSet ports = new BitSet();
    boolean any = false;
    for (View view : views) {
      ports.or(view.ports.ports());
      any |= view.ports.isAny();
    }
    capture.setPorts(ports, any);
  }

  private CompletableFuture<Void> runOnRingThread(Runnable request) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    requests.add(() -> {
      try {
        request.run();
        done.complete(null);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    capture.wake();
    return done;
  }

  /// Reads packets into the pipelines until [#stop].
  public void run() {
    while (!stopped) {
      for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
        request.run();
      }
      if (fanOut.containers != null) {
        fanOut.containers.refresh(); // also without a view
      }
      long nowNs = capture.bootNs();
      boolean empty = capture.poll(POLL_MS) < LiveCapture.MAX_BATCH;
      for (View view : views) {
        // Not beyond the last packet: the ring may still hold the response to a query that is due.
        Pipeline pipeline = view.pipeline;
        pipeline.tick(empty ? nowNs : Math.min(nowNs, pipeline.lastPacketNs()));
      }
      iterations.incrementAndGet();
    }
  }

  /// How often the loop of [#run] has run; the agent's health check watches it. From any thread.
  public long iterations() {
    return iterations.get();
  }

  /// Packets lost because the ring was full or chunks are missing, whichever view wanted them. From
  /// any thread.
  public long lost() {
    return kernel().ringFull() + capture.incompletePackets();
  }

  /// The kernel's counters so far. From any thread.
  public KernelCounters kernel() {
    return capture.counters();
  }

  /// Ends [#run] after the present batch; from any thread.
  public void stop() {
    stopped = true;
    capture.wake();
  }

  /// Detaches, reads what the ring still holds into the views, and closes them. Ring thread only.
  public void end() {
    capture.detachAndDrain();
    for (View view : List.copyOf(views)) {
      view.pipeline.tick(capture.bootNs());
      remove(view);
    }
    requests.forEach(Runnable::run);
  }

  @Override
  public void close() {
    capture.close();
  }
}

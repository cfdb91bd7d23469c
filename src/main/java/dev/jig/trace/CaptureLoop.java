package dev.jig.trace;

import dev.jig.capture.LiveCapture;
import dev.jig.capture.Packet;
import dev.jig.capture.PacketHandler;
import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.os.NativeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A live trace of this machine: reads the kernel's records into the pipelines of its
/// subscriptions, one for a trace of one machine, one per client for an agent. The kernel records
/// the union of what they select, and nothing while there is none.
///
/// One thread, the ring thread, owns the ring and all pipelines: it calls every method that does
/// not say that it is for any thread.
public final class CaptureLoop implements AutoCloseable {
  private static final int POLL_MS = 20;
  private static final long LOSS_CHECK_NS = 1_000_000_000;

  /// Bound of pending queries per client of an agent.
  private static final int MAX_PENDING_PER_CLIENT = 16_384;

  private final LiveCapture capture;
  private final boolean verbose;
  private final UnaryOperator<Row> naming;
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLong iterations = new AtomicLong();
  private final KernelSelection kernel;
  private @Nullable Containers containers;

  private Subscription[] subscriptions = {};

  private long lostSoFar;
  private volatile boolean stopped;
  private volatile boolean ended;

  private CaptureLoop(LiveCapture capture, boolean verbose, UnaryOperator<Row> naming) {
    this.capture = capture;
    this.kernel = new KernelSelection(capture);
    this.verbose = verbose;
    this.naming = naming;
  }

  /// Loads the kernel programs, or takes those of [EarlyLoad]; nothing is attached yet.
  ///
  /// @param verbose whether a refusal shows the last lines of libbpf and the verifier
  /// @param libbpfLog whether libbpf's debug output, some 660 lines, is kept for [#log]
  /// @param naming gives rows the names of their addresses
  /// @throws UserFacingException if this machine cannot be traced
  public static CaptureLoop load(boolean verbose, boolean libbpfLog, UnaryOperator<Row> naming) {
    try {
      return new CaptureLoop(EarlyLoad.take(libbpfLog), verbose, naming);
    } catch (NativeException e) {
      throw Refusal.of(e, verbose);
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

  /// libbpf's debug output of the load; empty unless it was asked for.
  public List<String> log() {
    return capture.log();
  }

  /// Sets the containers that subscriptions select from, before the first is opened.
  public void setContainers(Containers known) {
    containers = known;
  }

  /// Opens a subscription to the packets of selected containers. Ring thread, or before [#attach]:
  /// then it gets every packet.
  ///
  /// @param output takes its rows, on the ring thread
  public Subscription open(
      LiveSettings settings, ContainerSelection selection, Consumer<Row> output) {
    return open(settings.pipelineConfig().withNaming(naming), selection, output);
  }

  private Subscription open(
      PipelineConfig config, ContainerSelection selection, Consumer<Row> output) {
    checkRoom();
    Containers known = Objects.requireNonNull(containers, "no containers to select from");
    return add(new Subscription(kernel, config, known, selection, output));
  }

  /// As [#open], of the packets of a scope that does not select containers.
  public Subscription open(LiveSettings settings, Scope scope, Consumer<Row> output) {
    checkRoom();
    PipelineConfig config = settings.pipelineConfig().withNaming(naming);
    return add(new Subscription(kernel, config, scope, output));
  }

  private void checkRoom() {
    if (ended || subscriptions.length == KernelSelection.MAX_SUBSCRIPTIONS) {
      throw new IllegalStateException("the trace has ended, or has 64 subscriptions");
    }
  }

  private Subscription add(Subscription added) {
    subscriptions = Arrays.copyOf(subscriptions, subscriptions.length + 1);
    subscriptions[subscriptions.length - 1] = added;
    kernel.setSubscriptions(subscriptions);
    return added;
  }

  private void remove(Subscription removed) {
    List<Subscription> rest = new ArrayList<>(List.of(subscriptions));
    if (rest.remove(removed)) {
      removed.finish();
      subscriptions = rest.toArray(Subscription[]::new);
      kernel.setSubscriptions(subscriptions);
    }
  }

  /// As [#open], from any thread; the future fails if the loop has ended.
  public CompletableFuture<Subscription> openAsync(
      LiveSettings settings, ContainerSelection selection, Consumer<Row> output) {
    PipelineConfig config =
        settings.pipelineConfig().withNaming(naming).withMaxPending(MAX_PENDING_PER_CLIENT);
    return onRingThread(() -> open(config, selection, output));
  }

  /// Closes a subscription from any thread; once the future completes it has no more rows.
  public CompletableFuture<Subscription> closeAsync(Subscription subscription) {
    return onRingThread(() -> {
      remove(subscription);
      return subscription;
    });
  }

  private CompletableFuture<Subscription> onRingThread(Supplier<Subscription> action) {
    CompletableFuture<Subscription> done = new CompletableFuture<>();
    requests.add(() -> {
      try {
        done.complete(action.get());
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    capture.wake();
    if (ended) {
      runRequests(); // the loop does not any more, and nothing is open
    }
    return done;
  }

  private void runRequests() {
    for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
      request.run();
    }
  }

  /// Attaches; records packets for the subscriptions that are open.
  ///
  /// @throws UserFacingException if the kernel refuses
  public void attach() {
    try {
      capture.attach(new Dispatcher());
    } catch (NativeException e) {
      throw Refusal.of(e, verbose);
    }
  }

  /// Hands every record to all subscriptions.
  private final class Dispatcher implements PacketHandler {
    @Override
    public void onPacket(Packet packet) {
      for (Subscription each : subscriptions) {
        each.onPacket(packet);
      }
    }

    @Override
    public void onCgroupCreated(long id, String path) {
      if (containers != null) {
        containers.onCgroupCreated(id, path); // once: all subscriptions listen to it
      }
      for (Subscription each : subscriptions) {
        each.onCgroupCreated(id, path);
      }
    }

    @Override
    public void onSocketClosed(long socketCookie, long bootNs) {
      for (Subscription each : subscriptions) {
        each.pipeline().onSocketClosed(socketCookie, bootNs);
      }
    }
  }

  /// Reads packets into the pipelines until [#stop] or the time limit.
  ///
  /// @param limitNs how long to run; 0: until stopped
  public void run(long limitNs, CaptureListener listener) {
    long startNs = capture.bootNs();
    long lossCheckNs = startNs;
    while (!stopped) {
      runRequests();
      if (containers != null) {
        containers.refresh(); // also without a subscription
      }
      long nowNs = capture.bootNs();
      if (limitNs > 0 && nowNs - startNs >= limitNs) {
        break;
      }
      tick(nowNs, capture.poll(POLL_MS) < LiveCapture.MAX_BATCH);
      if (nowNs - lossCheckNs >= LOSS_CHECK_NS) {
        lossCheckNs = nowNs;
        reportLoss(listener);
      }
      listener.onBatchEnd(capture.isDrained());
      iterations.incrementAndGet();
    }
  }

  /// @param empty the ring holds no record from before `nowNs`
  private void tick(long nowNs, boolean empty) {
    long untilNs = nowNs;
    if (!empty) {
      // Not beyond the last packet: the ring may still hold the response to a query that is due.
      long lastPacketNs = 0;
      for (Subscription each : subscriptions) {
        lastPacketNs = Math.max(lastPacketNs, each.pipeline().lastPacketNs());
      }
      untilNs = Math.min(nowNs, lastPacketNs);
    }
    for (Subscription each : subscriptions) {
      each.pipeline().tick(untilNs);
    }
  }

  private void reportLoss(CaptureListener listener) {
    long total = lost();
    if (total > lostSoFar) {
      listener.onLoss(total - lostSoFar);
      lostSoFar = total;
    }
  }

  /// How often the loop of [#run] has run; the agent's health check watches it. From any thread.
  public long iterations() {
    return iterations.get();
  }

  /// Packets lost because the ring was full or chunks are missing, whichever subscription selects
  /// them. From any thread.
  public long lost() {
    return capture.counters().ringFull() + capture.incompletePackets();
  }

  /// Ends [#run] after the present batch; from any thread.
  public void stop() {
    stopped = true;
    capture.wake();
  }

  /// Detaches, reads what the ring still holds, and closes all subscriptions.
  public void end(CaptureListener listener) {
    capture.detachAndDrain();
    tick(capture.bootNs(), true);
    for (Subscription each : subscriptions) {
      remove(each);
    }
    reportLoss(listener);
    ended = true;
    runRequests();
  }

  /// The counts so far of the kernel and one subscription; from any thread.
  public TraceSummary summary(Subscription subscription) {
    Pipeline pipeline = subscription.pipeline();
    return new TraceSummary(
        ended,
        capture.counters(),
        pipeline.counters(),
        capture.packetsRead(),
        capture.incompletePackets(),
        pipeline.pending(),
        pipeline.evicted());
  }

  @Override
  public void close() {
    capture.close();
  }
}

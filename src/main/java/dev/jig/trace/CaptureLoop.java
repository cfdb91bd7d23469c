package dev.jig.trace;

import dev.jig.capture.LiveCapture;
import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.os.NativeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A live trace of this machine: reads the kernel's records into the pipelines of its
/// subscriptions, one for a trace of one machine, one per client for an agent. The kernel records
/// the union of what they select, and nothing while there is none.
///
/// One thread, the ring thread, owns the ring and all pipelines: it calls every method that does
/// not say that it is for any thread.
public final class CaptureLoop implements AutoCloseable {
  private static final int POLL_MS = 20;
  private static final long LOSS_CHECK_NS = 1_000_000_000;

  private final LiveCapture capture;
  private final boolean verbose;
  private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
  private final AtomicLong iterations = new AtomicLong();
  private final Subscriptions subscriptions;
  private long lostSoFar;
  private volatile boolean stopped;
  private volatile boolean ended;

  private CaptureLoop(LiveCapture capture, boolean verbose, UnaryOperator<Row> naming) {
    this.capture = capture;
    this.subscriptions = new Subscriptions(capture, naming);
    this.verbose = verbose;
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
    subscriptions.setContainers(known);
  }

  /// Opens a subscription to the packets of selected containers. Ring thread, or before [#attach]:
  /// then it gets every packet.
  ///
  /// @param output takes its rows, on the ring thread
  public Subscription open(
      LiveSettings settings, ContainerSelection selection, Consumer<Row> output) {
    return subscriptions.open(settings, selection, output);
  }

  /// As [#open], of the packets of a scope that does not select containers.
  public Subscription open(LiveSettings settings, Scope scope, Consumer<Row> output) {
    return subscriptions.open(settings, scope, output);
  }

  /// As [#open], from any thread; the future fails if the loop has ended.
  public CompletableFuture<Subscription> openAsync(
      LiveSettings settings, ContainerSelection selection, Consumer<Row> output) {
    return onRingThread(() -> {
      if (ended) {
        throw new IllegalStateException("the trace has ended");
      }
      return open(settings, selection, output);
    });
  }

  /// Closes a subscription from any thread; once the future completes it has no more rows.
  public CompletableFuture<Subscription> closeAsync(Subscription subscription) {
    return onRingThread(() -> {
      subscriptions.close(subscription);
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
      capture.attach(subscriptions);
    } catch (NativeException e) {
      throw Refusal.of(e, verbose);
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
      long nowNs = capture.bootNs();
      subscriptions.refresh(nowNs);
      if (limitNs > 0 && nowNs - startNs >= limitNs) {
        break;
      }
      boolean drained = capture.poll(POLL_MS) < LiveCapture.MAX_BATCH;
      subscriptions.tick(nowNs, drained);
      if (nowNs - lossCheckNs >= LOSS_CHECK_NS) {
        lossCheckNs = nowNs;
        subscriptions.checkLosses(nowNs);
        reportLoss(listener);
      }
      listener.onBatchEnd(capture.isDrained());
      iterations.incrementAndGet();
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
    return capture.lost();
  }

  /// Ends [#run] after the present batch; from any thread.
  public void stop() {
    stopped = true;
    capture.wake();
  }

  /// Detaches, reads what the ring still holds, and closes all subscriptions.
  public void end(CaptureListener listener) {
    capture.detachAndDrain();
    subscriptions.tick(capture.bootNs(), true);
    subscriptions.closeAll();
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
        pipeline.evicted(),
        /* malformedRows= */ 0);
  }

  @Override
  public void close() {
    capture.close();
  }
}

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
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A trace of this machine: kernel programs, pipeline and the loop between them. One thread calls
/// [#load], [#attach], [#run] and [#end]; any thread [#stop] and [#summary].
public final class LiveTrace implements AutoCloseable {
  /// Called on the ring thread between batches of records.
  @FunctionalInterface
  public interface BatchListener {
    /// Writes out rows, if it is time to.
    ///
    /// @param drained no record waits: the ring thread is about to sleep
    void onBatchEnd(boolean drained);
  }

  private static final int POLL_MS = 20;
  private static final long LOSS_CHECK_NS = 1_000_000_000;

  /// Forwards to the pipeline, which is built after the kernel programs are loaded.
  private static final class PacketForwarder implements PacketHandler {
    @Nullable Pipeline pipeline;

    @Override
    public void onPacket(Packet packet) {
      pipeline().onPacket(packet);
    }

    @Override
    public void onCgroupCreated(long id, String path) {
      pipeline().onCgroupCreated(id, path);
    }

    @Override
    public void onSocketClosed(long socketCookie, long bootNs) {
      pipeline().onSocketClosed(socketCookie, bootNs);
    }

    Pipeline pipeline() {
      if (pipeline == null) {
        throw new IllegalStateException("record received before the pipeline is built");
      }
      return pipeline;
    }
  }

  private final LiveSettings settings;
  private final PacketForwarder forwarder;
  private final LiveCapture capture;
  private volatile boolean stopped;
  private int epoch;
  private long lostSoFar;

  private LiveTrace(LiveSettings settings, PacketForwarder relay, LiveCapture capture) {
    this.settings = settings;
    this.forwarder = relay;
    this.capture = capture;
  }

  /// Loads the kernel programs; nothing is attached yet.
  ///
  /// @throws UserFacingException if this machine cannot be traced
  public static LiveTrace load(LiveSettings settings) {
    PacketForwarder relay = new PacketForwarder();
    PortSet ports = settings.ports();
    try {
      LiveCapture capture =
          LiveCapture.load(ports.ports(), ports.isAny(), settings.libbpfLog(), relay);
      return new LiveTrace(settings, relay, capture);
    } catch (NativeException e) {
      throw toUserFacing(e, settings.verbose());
    }
  }

  /// Includes the log of libbpf and the verifier if verbose, or if the sentence does not name the
  /// cause.
  static UserFacingException toUserFacing(NativeException e, boolean verbose) {
    boolean withLog =
        switch (e.reason()) {
          case REJECTED, OTHER -> true;
          case LIBRARY, CAPABILITIES, KERNEL, BTF, MEMLOCK, ATTACH, CGROUP -> verbose;
        };
    return UserFacingException.machine(
        String.valueOf(e.getMessage()), e.hint(), withLog ? e.log() : List.of(), e);
  }

  /// Where cgroup v2 is mounted, or `/proc/self/fd/N` of a detached mount.
  public Path cgroupRoot() {
    return capture.cgroupRoot();
  }

  /// What this kernel does without, and why; complete once attached.
  public Map<String, String> missingPrograms() {
    return capture.missingPrograms();
  }

  /// libbpf's debug output of the load; empty without [LiveSettings#libbpfLog].
  public List<String> log() {
    return capture.log();
  }

  /// Attaches and starts to record, for the packets of selected containers.
  ///
  /// @throws UserFacingException if the kernel refuses
  public void attach(Containers containers, ContainerSelection selection, Consumer<Row> output) {
    clearSkipped();
    attach(
        LivePipeline.forContainers(
            settings, containers, selection, this::skip, this::clearSkipped, output));
  }

  /// Attaches and starts to record, for the packets of a scope.
  ///
  /// @throws UserFacingException if the kernel refuses
  public void attach(Scope scope, Consumer<Row> output) {
    attach(LivePipeline.forScope(settings, scope, this::skip, this::clearSkipped, output));
  }

  private void attach(LivePipeline made) {
    forwarder.pipeline = made.pipeline();
    if (settings.details().paths()) {
      capture.readPromptly();
    }
    try {
      capture.attach();
    } catch (NativeException e) {
      throw toUserFacing(e, settings.verbose());
    }
  }

  /// Makes the kernel skip a cgroup until [#clearSkipped].
  private void skip(long cgroupId) {
    capture.skipCgroup(cgroupId, epoch);
  }

  /// Makes the kernel record all cgroups again, by a new epoch.
  private void clearSkipped() {
    capture.enableVerdicts(++epoch);
  }

  /// Reads packets into the pipeline until [#stop] or the time limit.
  ///
  /// @param batches called after each batch, also an empty one, to flush output
  /// @param lost called with the number of packets lost since the last call
  public void run(BatchListener batches, LongConsumer lost) {
    Pipeline pipeline = forwarder.pipeline();
    LongSupplier clock = capture::bootNs;
    long startNs = clock.getAsLong();
    long lossCheckNs = startNs;
    while (!stopped) {
      long nowNs = clock.getAsLong();
      if (settings.limitNs() > 0 && nowNs - startNs >= settings.limitNs()) {
        break;
      }
      boolean empty = capture.poll(POLL_MS) < LiveCapture.MAX_BATCH;
      // Not beyond the last packet: the ring may still hold the response to a query that is due.
      pipeline.tick(empty ? nowNs : Math.min(nowNs, pipeline.lastPacketNs()));
      if (nowNs - lossCheckNs >= LOSS_CHECK_NS) {
        lossCheckNs = nowNs;
        reportLoss(lost);
      }
      batches.onBatchEnd(capture.isDrained());
    }
  }

  private void reportLoss(LongConsumer lost) {
    long total = capture.counters().ringFull() + capture.incompletePackets();
    if (total > lostSoFar) {
      lost.accept(total - lostSoFar);
      lostSoFar = total;
    }
  }

  /// Ends [#run] after the present batch; from any thread.
  public void stop() {
    stopped = true;
    capture.wake();
  }

  /// Detaches, reads what the ring still holds, and returns the final counts.
  public TraceSummary end(LongConsumer lost) {
    Pipeline pipeline = forwarder.pipeline();
    capture.detachAndDrain();
    pipeline.tick(capture.bootNs());
    pipeline.finish();
    reportLoss(lost);
    return summary(true);
  }

  /// Messages dropped so far because their container's name is unknown. Ring thread only.
  public long nameUnknown() {
    return forwarder.pipeline().counters().nameUnknown();
  }

  /// The counts so far; from any thread.
  public TraceSummary summary() {
    return summary(false);
  }

  private TraceSummary summary(boolean ended) {
    Pipeline pipeline = forwarder.pipeline();
    KernelCounters kernel = capture.counters();
    return new TraceSummary(
        ended,
        kernel,
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

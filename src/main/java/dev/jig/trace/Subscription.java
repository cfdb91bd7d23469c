package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.peer.PeerSkipPolicy;
import dev.jig.peer.Peers;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One client of a [CaptureLoop]: its ports, its selection and the pipeline that makes its rows.
/// Counts may be read from any thread, and are exact once it is closed.
public final class Subscription {
  private final KernelSelection kernel;
  private final PipelineConfig config;
  private final @Nullable ContainerScope containerScope;
  private final Pipeline pipeline;
  private final MemoryBudget.Share share;

  /// Its place among the open subscriptions.
  private int place;

  /// Whether the ring may hold packets of ports that only other subscriptions have.
  private boolean checksPorts;

  /// A subscription to the packets of selected containers.
  Subscription(
      KernelSelection kernel,
      PipelineConfig config,
      Containers containers,
      ContainerSelection selection,
      Consumer<Row> output) {
    this.kernel = kernel;
    this.config = config;
    PeerSkipPolicy skipPolicy = skipPolicy();
    this.containerScope =
        skipPolicy == null
            ? new ContainerScope(containers, selection, this::skip, this::clearSkipped)
            : new ContainerScope(
                containers,
                selection,
                skipPolicy::allowSkip,
                () -> {
                  skipPolicy.reset();
                  clearSkipped();
                });
    this.pipeline = pipeline(containerScope, skipPolicy, output);
    this.share = new MemoryBudget.Share(pipeline, config.tableBytes());
  }

  /// A subscription to the packets of a scope that makes the kernel skip nothing.
  Subscription(KernelSelection kernel, PipelineConfig config, Scope scope, Consumer<Row> output) {
    this.kernel = kernel;
    this.config = config;
    this.containerScope = null;
    this.pipeline = pipeline(scope, skipPolicy(), output);
    this.share = new MemoryBudget.Share(pipeline, config.tableBytes());
  }

  private @Nullable PeerSkipPolicy skipPolicy() {
    return config.details().peers() ? new PeerSkipPolicy(this::skip, this::clearSkipped) : null;
  }

  private Pipeline pipeline(
      Scope scope, @Nullable PeerSkipPolicy skipPolicy, Consumer<Row> output) {
    Peers peers = skipPolicy == null ? null : new Peers(skipPolicy, PipelineConfig.SENDERS);
    return new Pipeline(config, scope, peers, output);
  }

  private void skip(long cgroupId) {
    kernel.skip(place, cgroupId);
  }

  private void clearSkipped() {
    kernel.clearSkipped();
  }

  PipelineConfig config() {
    return config;
  }

  MemoryBudget.Share share() {
    return share;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  /// Sets its place among the open subscriptions, and what the ring may hold.
  void setPlace(int newPlace, BitSet recordedPorts, boolean anyRecorded) {
    PortSet ports = config.ports();
    place = newPlace;
    checksPorts = !ports.isAny() && (anyRecorded || !ports.ports().equals(recordedPorts));
  }

  void onPacket(Packet packet) {
    if (!checksPorts || hasPort(packet)) {
      pipeline.onPacket(packet);
    }
  }

  void onDrop(Packet packet, Drop drop) {
    if (!checksPorts || drop.hook() == Drop.Hook.SOCKET_ERROR || hasPort(packet)) {
      pipeline.onDrop(packet, drop);
    }
  }

  void onUnsent(Packet packet, boolean connect) {
    if (!checksPorts || hasPort(packet)) {
      pipeline.onUnsent(packet, connect);
    }
  }

  private boolean hasPort(Packet packet) {
    PortSet ports = config.ports();
    return ports.contains(packet.sourcePort())
        || ports.contains(packet.destinationPort())
        || packet.nameserver() != null && ports.contains(packet.nameserverPort());
  }

  void onCgroupCreated(long id, String path) {
    if (containerScope == null) { // else the containers know it, and notify the scope
      pipeline.onCgroupCreated(id, path);
    }
  }

  /// Emits or drops everything that waits; the last call.
  void finish() {
    pipeline.finish();
    if (containerScope != null) {
      containerScope.close();
    }
  }

  /// Messages dropped so far by selection or filter.
  public long filtered() {
    return pipeline.counters().filtered();
  }

  /// Messages dropped so far because their container's name is unknown.
  public long nameUnknown() {
    return pipeline.counters().nameUnknown();
  }

  /// Messages dropped so far because their container, or its name, could not be determined.
  public long unknown() {
    return nameUnknown() + pipeline.counters().containerUnknown();
  }

  /// Queries so far without a row of their end, since their response may be lost.
  public long answersLost() {
    return pipeline.counters().answersLost();
  }

  /// Queries evicted so far before response or timeout.
  public long evicted() {
    return pipeline.evicted();
  }
}

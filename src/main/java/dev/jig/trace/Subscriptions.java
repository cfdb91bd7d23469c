package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.LiveCapture;
import dev.jig.capture.Packet;
import dev.jig.capture.PacketHandler;
import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.names.SearchLists;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The open subscriptions of a [CaptureLoop]: hands each record to all of them, and keeps them
/// within one memory budget. Ring thread only.
final class Subscriptions implements PacketHandler {
  private final KernelSelection kernel;
  private final UnaryOperator<Row> naming;
  private final OwnerDetails.Shared owners = new OwnerDetails.Shared(this::nowNs);
  private final MemoryBudget budget = new MemoryBudget(MemoryBudget.MAX_BYTES);
  private @Nullable Containers containers;
  private final LossWatch losses;
  private Subscription[] open = {};
  private long nowNs;

  /// @param naming gives rows the names of their addresses
  Subscriptions(LiveCapture capture, UnaryOperator<Row> naming) {
    this.kernel = new KernelSelection(capture);
    this.losses = new LossWatch(capture::bootNs, capture::lost, this::onPacketsLost);
    this.naming = naming;
  }

  void setContainers(Containers known) {
    containers = known;
  }

  /// Opens a subscription to the packets of selected containers.
  Subscription open(LiveSettings settings, ContainerSelection selection, Consumer<Row> output) {
    Containers known = Objects.requireNonNull(containers, "no containers to select from");
    PipelineConfig config = config(withRuntimesLists(settings, known));
    return add(new Subscription(kernel, config, known, selection, output));
  }

  /// Search lists are those of the runtimes, then those of the settings.
  private static LiveSettings withRuntimesLists(LiveSettings settings, Containers known) {
    SearchLists given = settings.details().names();
    if (given == null) {
      return settings;
    }
    SearchLists all = SearchLists.firstOf(new RuntimeSearchLists(known), given);
    return new LiveSettings(
        settings.ports(),
        settings.filter(),
        settings.dnsTimeoutNs(),
        settings.details().withNames(all));
  }

  /// Opens a subscription to the packets of a scope that does not select containers.
  Subscription open(LiveSettings settings, Scope scope, Consumer<Row> output) {
    return add(new Subscription(kernel, config(settings), scope, output));
  }

  private PipelineConfig config(LiveSettings settings) {
    if (open.length == KernelSelection.MAX_SUBSCRIPTIONS) {
      throw new IllegalStateException(open.length + " subscriptions are open");
    }
    PipelineConfig config =
        settings.pipelineConfig().withNaming(naming).withOwners(owners.of(settings.details()));
    return open.length == 0 ? config : config.withSmallTables();
  }

  /// Takes in the losses so far; now and then, so that they are not held against later queries.
  void checkLosses(long bootNs) {
    losses.check(bootNs);
  }

  private void onPacketsLost(long untilNs) {
    for (Subscription each : open) {
      each.pipeline().onPacketsLost(untilNs);
    }
  }

  private Subscription add(Subscription added) {
    added.pipeline().setLossCheck(losses::check);
    set(Stream.concat(Stream.of(open), Stream.of(added)).toArray(Subscription[]::new));
    return added;
  }

  /// Emits or drops what waits in a subscription, and removes it.
  void close(Subscription closed) {
    List<Subscription> rest = new ArrayList<>(List.of(open));
    if (rest.remove(closed)) {
      closed.finish();
      set(rest.toArray(Subscription[]::new));
    }
  }

  void closeAll() {
    for (Subscription each : open) {
      close(each);
    }
  }

  private void set(Subscription[] subscriptions) {
    open = subscriptions;
    kernel.setSubscriptions(open);
    budget.setShares(Stream.of(open).map(Subscription::share).toArray(MemoryBudget.Share[]::new));
  }

  @Override
  public void onPacket(Packet packet) {
    if (open.length == 1) {
      open[0].onPacket(packet); // its own bounds hold between two ticks
      return;
    }
    for (Subscription each : open) {
      each.onPacket(packet);
      budget.update(each.share());
    }
  }

  @Override
  public void onCgroupCreated(long id, String path) {
    if (containers != null) {
      containers.onCgroupCreated(id, path); // once: all subscriptions listen to it
    }
    for (Subscription each : open) {
      each.onCgroupCreated(id, path);
    }
  }

  @Override
  public void onSocketClosed(long socketCookie, long bootNs) {
    for (Subscription each : open) {
      each.pipeline().onSocketClosed(socketCookie, bootNs);
    }
  }

  @Override
  public void onConnect(Packet connect) {
    for (Subscription each : open) {
      each.pipeline().onConnect(connect);
    }
  }

  @Override
  public void onUnsent(Packet packet, boolean connect) {
    for (Subscription each : open) {
      each.onUnsent(packet, connect);
    }
  }

  @Override
  public void onDrop(Packet packet, Drop drop) {
    for (Subscription each : open) {
      each.onDrop(packet, drop);
    }
  }

  private long nowNs() {
    return nowNs;
  }

  /// Applies changes of containers; also without a subscription.
  ///
  /// @param bootNs now, before the next records are read
  void refresh(long bootNs) {
    nowNs = bootNs;
    if (containers != null) {
      containers.refresh();
    }
  }

  /// Does what is due.
  ///
  /// @param bootNs before the last records were read
  /// @param drained the ring holds no record from before `bootNs`
  void tick(long bootNs, boolean drained) {
    // Not beyond the last packet: the ring may still hold the response to a query that is due.
    long untilNs = drained ? bootNs : Math.min(bootNs, lastPacketNs());
    for (Subscription each : open) {
      each.pipeline().tick(untilNs);
      budget.update(each.share());
    }
  }

  private long lastPacketNs() {
    long last = 0;
    for (Subscription each : open) {
      last = Math.max(last, each.pipeline().lastPacketNs());
    }
    return last;
  }
}

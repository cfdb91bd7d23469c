package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.peer.PeerSkipPolicy;
import dev.jig.peer.Peers;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The pipeline of a live trace, built from its settings.
///
/// @param scope null where rows are not selected by container
record LivePipeline(Pipeline pipeline, @Nullable ContainerScope scope) {

  /// A pipeline for the packets of selected containers.
  ///
  /// @param skip makes the kernel skip a cgroup until `clearSkipped`
  /// @param clearSkipped makes the kernel record all cgroups again
  static LivePipeline forContainers(
      LiveSettings settings,
      Containers containers,
      ContainerSelection selection,
      LongConsumer skip,
      Runnable clearSkipped,
      Consumer<Row> output) {
    if (!settings.details().peers()) {
      ContainerScope scope = new ContainerScope(containers, selection, skip, clearSkipped);
      return new LivePipeline(pipeline(settings, scope, null, output), scope);
    }
    PeerSkipPolicy skipPolicy = new PeerSkipPolicy(skip, clearSkipped);
    ContainerScope scope =
        new ContainerScope(
            containers,
            selection,
            skipPolicy::allowSkip,
            () -> {
              skipPolicy.reset();
              clearSkipped.run();
            });
    return new LivePipeline(pipeline(settings, scope, new Peers(skipPolicy), output), scope);
  }

  /// A pipeline for the packets of a scope that makes the kernel skip nothing.
  static LivePipeline forScope(
      LiveSettings settings,
      Scope scope,
      LongConsumer skip,
      Runnable clearSkipped,
      Consumer<Row> output) {
    Peers peers =
        settings.details().peers() ? new Peers(new PeerSkipPolicy(skip, clearSkipped)) : null;
    return new LivePipeline(pipeline(settings, scope, peers, output), null);
  }

  private static Pipeline pipeline(
      LiveSettings settings, Scope scope, @Nullable Peers peers, Consumer<Row> output) {
    PortSet ports = settings.ports();
    RowDetails details = settings.details();
    Pipeline pipeline =
        new Pipeline(
            scope,
            settings.filter(),
            ports::contains,
            ports.isAny(),
            settings.dnsTimeoutNs(),
            OwnerDetails.of(details.paths(), details.accounts()),
            peers,
            output);
    pipeline.configure(details);
    return pipeline;
  }
}

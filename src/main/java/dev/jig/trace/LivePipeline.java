package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.event.DnsEvent;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.peer.PeerSkipPolicy;
import dev.jig.peer.Peers;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The pipeline of a live trace, as its settings want it.
///
/// @param scope null where rows are not chosen by container
record LivePipeline(Pipeline pipeline, @Nullable ContainerScope scope) {

  /// For the packets of selected containers.
  ///
  /// @param skip told of each cgroup whose packets need not be recorded until `forgetSkipped`
  /// @param forgetSkipped called when all packets are to be recorded again
  static LivePipeline forContainers(
      LiveSettings settings,
      Containers containers,
      ContainerSelection selection,
      LongConsumer skip,
      Runnable forgetSkipped,
      Consumer<DnsEvent> output) {
    if (!settings.details().peers()) {
      ContainerScope scope = new ContainerScope(containers, selection, skip, forgetSkipped);
      return new LivePipeline(pipeline(settings, scope, null, output), scope);
    }
    PeerSkipPolicy bystanders = new PeerSkipPolicy(skip, forgetSkipped);
    ContainerScope scope =
        new ContainerScope(
            containers,
            selection,
            bystanders::allowSkip,
            () -> {
              bystanders.reset();
              forgetSkipped.run();
            });
    return new LivePipeline(pipeline(settings, scope, new Peers(bystanders), output), scope);
  }

  /// For the packets of a scope that skips nothing in the kernel by itself.
  static LivePipeline forScope(
      LiveSettings settings,
      Scope scope,
      LongConsumer skip,
      Runnable forgetSkipped,
      Consumer<DnsEvent> output) {
    Peers peers =
        settings.details().peers() ? new Peers(new PeerSkipPolicy(skip, forgetSkipped)) : null;
    return new LivePipeline(pipeline(settings, scope, peers, output), null);
  }

  private static Pipeline pipeline(
      LiveSettings settings, Scope scope, @Nullable Peers peers, Consumer<DnsEvent> output) {
    PortSet ports = settings.ports();
    RowDetails details = settings.details();
    Pipeline pipeline =
        new Pipeline(
            scope,
            settings.filter(),
            ports::contains,
            ports.any(),
            settings.dnsTimeoutNs(),
            OwnerDetails.of(details.paths(), details.accounts()),
            peers,
            output);
    pipeline.configure(details);
    return pipeline;
  }
}

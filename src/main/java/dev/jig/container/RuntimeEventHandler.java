package dev.jig.container;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.event.Container;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Applies the events of all runtimes to the registry, notifies the listener, and records which
/// cached resolutions became stale. Called on the runtimes' threads; [#inspect] on the ring thread.
final class RuntimeEventHandler {
  private final List<ContainerRuntime> runtimes;
  private final CgroupTree tree;
  private final ContainerListener listener;
  private final Registry registry;
  private final Invalidations invalidations;
  private final Set<ContainerRuntime> unlisted = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> listed = new CompletableFuture<>();

  /// Guards changes of the registry, and the requests.
  private final Object lock = new Object();

  private final InspectRequests requests = new InspectRequests();

  RuntimeEventHandler(
      List<ContainerRuntime> runtimes,
      CgroupTree tree,
      ContainerListener listener,
      Registry registry,
      Invalidations invalidations) {
    this.runtimes = runtimes;
    this.tree = tree;
    this.listener = listener;
    this.registry = registry;
    this.invalidations = invalidations;
    unlisted.addAll(runtimes);
  }

  /// Starts to follow all runtimes; returns at once.
  void start() {
    if (runtimes.isEmpty()) {
      listed.complete(null);
    }
    for (ContainerRuntime runtime : runtimes) {
      runtime.start(event -> onEvent(runtime, event));
    }
  }

  /// Done when every runtime was listed or found absent; never fails.
  CompletableFuture<Void> listed() {
    return listed;
  }

  /// Whether a runtime that was not listed yet may report cgroups of containers.
  boolean mayReportCgroups() {
    return unlisted.stream().anyMatch(ContainerRuntime::canReportCgroups);
  }

  /// Requests inspections of containers without a name, once each.
  ///
  /// @return whether one of them may still get a name
  boolean inspect(List<CgroupPath.Id> path) {
    boolean inProgress = false;
    synchronized (lock) {
      for (CgroupPath.Id id : path) {
        // The name may have come since the caller looked into the registry.
        inProgress |=
            registry.get(id.id()) != null || requests.inspectOnce(id.id(), id.runtime(), runtimes);
      }
    }
    return inProgress;
  }

  private void onEvent(ContainerRuntime runtime, RuntimeEvent event) {
    switch (event) {
      case RuntimeEvent.Warning(String sentence) -> listener.onWarning(sentence);
      case RuntimeEvent.Debug(String sentence) -> listener.onDebug(sentence);
      case RuntimeEvent.Lifecycle lifecycle -> onLifecycle(runtime, lifecycle);
      case RuntimeEvent.Inspected(Container container, boolean running) ->
          onInspected(runtime, container, running);
      case RuntimeEvent.NotFound(String id) -> {
        synchronized (lock) {
          if (requests.onNotFound(id, runtime)) {
            invalidations.addContainer(id);
          }
        }
      }
      case RuntimeEvent.CgroupKnown(String id, String cgroup) -> {
        if (tree.assign(cgroup, runtime.kind(), id)) {
          invalidations.addAll();
        }
      }
      case RuntimeEvent.Listed(Set<String> ids) -> onListed(runtime, ids);
      case RuntimeEvent.Unreachable() -> {
        synchronized (lock) {
          requests.cancelAll(runtime);
          invalidations.addUnnamed();
        }
        onFirstResult(runtime);
      }
    }
  }

  private void onLifecycle(ContainerRuntime runtime, RuntimeEvent.Lifecycle event) {
    synchronized (lock) {
      Container changed = event.container();
      Registry.ContainerState before = registry.get(changed.id());
      if (isOutranked(runtime, before)) {
        return;
      }
      Container container =
          before != null && before.isSameContainer(runtime)
              ? merge(before.container(), changed)
              : changed;
      boolean wasRunning = before != null && before.running();
      boolean running =
          switch (event.transition()) {
            case STARTED -> true;
            case CREATED, STOPPED, REMOVED -> false;
            case RENAMED -> wasRunning;
          };
      publish(new Registry.ContainerState(runtime, container, running), before, event.at());
      if (event.transition() == Transition.REMOVED) {
        registry.remove(container.id());
      }
    }
  }

  /// Whether another runtime, earlier in the list, has a container of this id: root's Podman counts
  /// more than a user's, who could claim any id.
  private boolean isOutranked(ContainerRuntime runtime, Registry.@Nullable ContainerState before) {
    return before != null
        && !before.removed()
        && runtimes.indexOf(before.source()) < runtimes.indexOf(runtime);
  }

  /// The event's name; everything else from an earlier inspection, which has more than the event.
  private static Container merge(Container before, Container changed) {
    return new Container(
        before.runtime(),
        before.id(),
        changed.name() != null ? changed.name() : before.name(),
        before.image() != null ? before.image() : changed.image(),
        before.imageDigest(),
        before.labels().isEmpty() ? changed.labels() : before.labels(),
        before.pod());
  }

  private void onInspected(ContainerRuntime runtime, Container container, boolean running) {
    synchronized (lock) {
      requests.complete(container.id());
      Registry.ContainerState before = registry.get(container.id());
      if (isOutranked(runtime, before)) {
        return;
      }
      publish(new Registry.ContainerState(runtime, container, running), before, Instant.now());
    }
  }

  private void publish(
      Registry.ContainerState state, Registry.@Nullable ContainerState before, Instant at) {
    boolean same = before != null && before.container().equals(state.container());
    registry.put(
        before != null && same
            ? new Registry.ContainerState(state.source(), before.named(), state.running(), false)
            : state);
    if (!same) {
      invalidations.addContainer(state.container().id());
    }
    notifyListener(state, before, at);
  }

  /// A rename is a stop of the old name and a start of the new one, for listeners that select by
  /// name.
  private void notifyListener(
      Registry.ContainerState state, Registry.@Nullable ContainerState before, Instant at) {
    Container was = before != null && before.running() ? before.container() : null;
    boolean renamed = was != null && !Objects.equals(was.name(), state.container().name());
    if (was != null && (renamed || !state.running())) {
      listener.onStopped(was, at);
    }
    if (state.running() && (was == null || renamed)) {
      listener.onStarted(state.container(), at);
    }
  }

  private void onListed(ContainerRuntime runtime, Set<String> ids) {
    synchronized (lock) {
      for (String id : registry.missingFrom(runtime, ids)) {
        Registry.ContainerState before = registry.get(id);
        if (before != null && before.running()) {
          listener.onStopped(before.container(), Instant.now());
        }
        registry.remove(id);
      }
      requests.allowRetry();
      invalidations.addUnnamed();
    }
    onFirstResult(runtime);
  }

  private void onFirstResult(ContainerRuntime runtime) {
    if (unlisted.remove(runtime) && runtime.canReportCgroups()) {
      invalidations.addAll();
    }
    if (unlisted.isEmpty()) {
      listed.complete(null);
    }
  }
}

package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.container.Resolution;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.ContainerSelection.Match;
import dev.jig.table.DirectMapped;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The scope of a container selection: packets of containers that match by name, id, pod or label,
/// and the host's packets with `--host`.
///
/// The kernel skips a cgroup once its resolution is final and no packet of it is wanted. Skips are
/// withdrawn only if one of them has become wrong: a container that comes or goes changes nothing
/// for the others.
final class ContainerScope implements Scope, Containers.ResolutionListener, AutoCloseable {
  /// The id of the cgroup v2 root, which containers without a v2 cgroup share.
  private static final long ROOT_CGROUP = 1;

  /// @param skippedInKernel whether the kernel need not record the cgroup's packets
  private record CachedVerdict(long cgroupId, Verdict verdict, boolean skippedInKernel) {}

  private final Containers containers;
  private final ContainerSelection selection;
  private final LongConsumer skip;
  private final Runnable clearSkipped;
  private final DirectMapped<CachedVerdict> cache = new DirectMapped<>(4096);

  /// @param skip makes the kernel skip a cgroup until `clearSkipped`
  /// @param clearSkipped makes the kernel record all cgroups again
  ContainerScope(
      Containers containers,
      ContainerSelection selection,
      LongConsumer skip,
      Runnable clearSkipped) {
    this.containers = containers;
    this.selection = selection;
    this.skip = skip;
    this.clearSkipped = clearSkipped;
    containers.addListener(this);
  }

  @Override
  public Verdict decide(long cgroupId, @Nullable Owner owner) {
    containers.refresh();
    CachedVerdict found = cache.get(cgroupId);
    if (found == null || found.cgroupId() != cgroupId) {
      Resolution resolution = containers.resolve(cgroupId);
      if (containers.needsProcess(resolution)) {
        return decideByProcess(resolution, owner); // not cached: containers share the cgroup
      }
      Verdict verdict = decide(resolution, owner);
      if (resolution instanceof Resolution.Unknown) {
        return verdict; // not cached: it depends on the process
      }
      found = new CachedVerdict(cgroupId, verdict, isSkippable(cgroupId, resolution));
      cache.put(cgroupId, found);
    }
    if (found.skippedInKernel()) {
      // At each packet: the kernel's LRU map may have evicted the cgroup.
      skip.accept(cgroupId);
    }
    return found.verdict();
  }

  /// While the cgroup's path is unknown, a process outside containers does not decide.
  private Verdict decideByProcess(Resolution byCgroup, @Nullable Owner owner) {
    Resolution resolution = containers.resolveByProcess(owner);
    boolean inContainer =
        !(resolution instanceof Resolution.Host || resolution instanceof Resolution.Unknown);
    return decide(
        inContainer || !(byCgroup instanceof Resolution.InProgress) ? resolution : byCgroup, owner);
  }

  private Verdict decide(Resolution resolution, @Nullable Owner owner) {
    return switch (resolution) {
      case Resolution.InProgress(Container byPath) -> new Verdict(Decision.HOLD, byPath);
      case Resolution.Named(Container container)
          when selection.match(container) == Match.NEEDS_NAME ->
          new Verdict(
              Decision.HOLD, container); // the pod's labels come later than the container's name
      case Resolution.Host(), Resolution.Named(_), Resolution.IdOnly(_), Resolution.Unknown() ->
          decideFinally(resolution, owner);
    };
  }

  private Verdict decideFinally(Resolution resolution, @Nullable Owner owner) {
    return switch (resolution) {
      case Resolution.Host() -> verdictOf(null);
      case Resolution.Named(Container container) -> verdictOf(container);
      case Resolution.IdOnly(Container container) -> verdictOf(container);
      case Resolution.Unknown() -> verdictOfUnknown(owner);
      case Resolution.InProgress pending -> decideFinally(pending.fallback(), owner);
    };
  }

  private Verdict verdictOf(@Nullable Container container) {
    return switch (selection.match(container)) {
      case PASS -> new Verdict(Decision.PASS, container);
      case SKIP -> new Verdict(Decision.SKIP, container);
      case NEEDS_NAME -> new Verdict(Decision.NAME_UNKNOWN, container);
    };
  }

  /// Decides for a process that has ended before its container was determined. One with mounts of
  /// its own was most likely in a container: if every container is wanted its rows are shown,
  /// without a container.
  private Verdict verdictOfUnknown(@Nullable Owner owner) {
    if (owner != null && containers.hasHostMounts(owner)) {
      return verdictOf(null);
    }
    boolean every = selection.isAllContainers();
    boolean wanted = every && (owner != null || selection.match(null) == Match.PASS);
    return new Verdict(wanted ? Decision.PASS : Decision.CONTAINER_UNKNOWN, null);
  }

  /// Whether no packet of the cgroup is wanted as long as its resolution does not change, which
  /// [#onChanged] reports.
  private boolean isSkippable(long cgroupId, Resolution resolution) {
    if (cgroupId <= ROOT_CGROUP) {
      return false;
    }
    return switch (resolution) {
      case Resolution.Host() -> selection.match(null) == Match.SKIP;
      case Resolution.Named(Container container) -> selection.match(container) == Match.SKIP;
      case Resolution.IdOnly(Container container) -> selection.match(container) == Match.SKIP;
      case Resolution.InProgress(_), Resolution.Unknown() -> false;
    };
  }

  @Override
  public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
    Resolution resolution = containers.resolve(cgroupId);
    boolean byProcess = containers.needsProcess(resolution);
    return decideFinally(byProcess ? containers.resolveByProcess(owner) : resolution, owner);
  }

  @Override
  public boolean isInitializing() {
    return !containers.isReady();
  }

  @Override
  public void refresh() {
    containers.refresh();
  }

  @Override
  public void onCgroupCreated(long cgroupId, String path) {
    containers.onCgroupCreated(cgroupId, path);
  }

  @Override
  public void onChanged(long cgroupId, Resolution before, @Nullable Resolution now) {
    CachedVerdict found = cache.get(cgroupId);
    if (found != null && found.cgroupId() == cgroupId) {
      cache.remove(cgroupId);
    }
    if (isSkippable(cgroupId, before) && (now == null || !isSkippable(cgroupId, now))) {
      onAllChanged();
    }
  }

  @Override
  public void onAllChanged() {
    cache.clear();
    clearSkipped.run();
  }

  /// Stops listening to changes of containers.
  @Override
  public void close() {
    containers.removeListener(this);
  }
}

package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.container.Resolution;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.ContainerSelection.Match;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The container rule: containers' own packets, those selected by name, id, pod or label, and the
/// host's only if asked for.
///
/// What is not wanted is told to the kernel, by cgroup, once nothing about it is open. Those
/// verdicts are taken back only if one of them has become wrong: a container that comes or goes
/// changes nothing for the others.
final class ContainerScope implements Scope, Containers.ResolutionListener {
  /// Of the cgroup v2 hierarchy's root: containers without a cgroup of their own share it.
  private static final long ROOT_CGROUP = 1;

  private static final int SLOTS = 4096;

  /// @param skippedInKernel whether a packet of the cgroup need not be recorded
  private record CachedVerdict(long cgroupId, Verdict verdict, boolean skippedInKernel) {}

  private final Containers containers;
  private final ContainerSelection selection;
  private final LongConsumer skip;
  private final Runnable changed;
  private final @Nullable CachedVerdict[] cache = new @Nullable CachedVerdict[SLOTS];

  /// @param skip told of each cgroup none of whose packets are wanted until something changes
  /// @param changed told when what was skipped may be wanted again
  ContainerScope(
      Containers containers, ContainerSelection selection, LongConsumer skipped, Runnable changed) {
    this.containers = containers;
    this.selection = selection;
    this.skip = skipped;
    this.changed = changed;
    containers.addListener(this);
  }

  @Override
  public Verdict decide(long cgroupId, @Nullable Owner owner) {
    containers.refresh();
    int slot = slot(cgroupId);
    CachedVerdict found = cache[slot];
    if (found == null || found.cgroupId() != cgroupId) {
      Resolution lookup = containers.resolve(cgroupId);
      if (containers.needsProcess(lookup)) {
        return decideByProcess(lookup, owner); // others share the cgroup: nothing to remember of it
      }
      Verdict answer = decide(lookup, owner);
      if (lookup instanceof Resolution.Unknown) {
        return answer; // it depends on the process
      }
      found = new CachedVerdict(cgroupId, answer, isSkippable(cgroupId, lookup));
      cache[slot] = found;
    }
    if (found.skippedInKernel()) {
      // Again at each packet: the kernel may have dropped the verdict to make room for others.
      skip.accept(cgroupId);
    }
    return found.verdict();
  }

  /// While the cgroup's path is not known yet, a process outside containers decides nothing.
  private Verdict decideByProcess(Resolution byCgroup, @Nullable Owner owner) {
    Resolution lookup = containers.resolveByProcess(owner);
    boolean told = !(lookup instanceof Resolution.Host || lookup instanceof Resolution.Unknown);
    return decide(told || !(byCgroup instanceof Resolution.InProgress) ? lookup : byCgroup, owner);
  }

  private static int slot(long cgroupId) {
    return (int) (cgroupId ^ cgroupId >>> 12) & SLOTS - 1;
  }

  private Verdict decide(Resolution lookup, @Nullable Owner owner) {
    return switch (lookup) {
      case Resolution.InProgress(Container byPath) -> new Verdict(Decision.HOLD, byPath);
      case Resolution.Named(Container container)
          when selection.match(container) == Match.UNDECIDED_NAME ->
          new Verdict(Decision.HOLD, container); // its pod's labels come after its name
      case Resolution.Host(), Resolution.Named(_), Resolution.IdOnly(_), Resolution.Unknown() ->
          decideFinally(lookup, owner);
    };
  }

  private Verdict decideFinally(Resolution lookup, @Nullable Owner owner) {
    return switch (lookup) {
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
      case UNDECIDED_NAME -> new Verdict(Decision.NAME_UNKNOWN, container);
    };
  }

  /// Nobody can tell any more. Who ran with mounts of its own was in a container most likely: it is
  /// shown where every container is wanted, without a name rather than not at all.
  private Verdict verdictOfUnknown(@Nullable Owner owner) {
    if (owner != null && containers.hasHostMounts(owner)) {
      return verdictOf(null);
    }
    boolean every = selection.isEveryContainer();
    boolean wanted = every && (owner != null || selection.match(null) == Match.PASS);
    return new Verdict(wanted ? Decision.PASS : Decision.CONTAINER_UNKNOWN, null);
  }

  /// Whether nothing that may still become known of the cgroup would make its packets wanted; what
  /// it was decided by is followed ([#onChanged]).
  private boolean isSkippable(long cgroupId, Resolution lookup) {
    if (cgroupId <= ROOT_CGROUP) {
      return false;
    }
    return switch (lookup) {
      case Resolution.Host() -> selection.match(null) == Match.SKIP;
      case Resolution.Named(Container container) -> selection.match(container) == Match.SKIP;
      case Resolution.IdOnly(Container container) -> selection.match(container) == Match.SKIP;
      case Resolution.InProgress(_), Resolution.Unknown() -> false;
    };
  }

  @Override
  public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
    Resolution lookup = containers.resolve(cgroupId);
    boolean byProcess = containers.needsProcess(lookup);
    return decideFinally(byProcess ? containers.resolveByProcess(owner) : lookup, owner);
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
    CachedVerdict found = cache[slot(cgroupId)];
    if (found != null && found.cgroupId() == cgroupId) {
      cache[slot(cgroupId)] = null;
    }
    if (isSkippable(cgroupId, before) && (now == null || !isSkippable(cgroupId, now))) {
      onAllChanged();
    }
  }

  @Override
  public void onAllChanged() {
    Arrays.fill(cache, null);
    changed.run();
  }
}

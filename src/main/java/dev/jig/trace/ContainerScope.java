package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.container.Resolution;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.ContainerSelection.Verdict;
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

  /// @param forKernel whether a packet of the cgroup need not be recorded
  private record Known(long cgroupId, Answer answer, boolean forKernel) {}

  private final Containers containers;
  private final ContainerSelection selection;
  private final LongConsumer skipped;
  private final Runnable changed;
  private final @Nullable Known[] known = new @Nullable Known[SLOTS];

  /// @param skipped told of each cgroup none of whose packets are wanted until something changes
  /// @param changed told when what was skipped may be wanted again
  ContainerScope(
      Containers containers, ContainerSelection selection, LongConsumer skipped, Runnable changed) {
    this.containers = containers;
    this.selection = selection;
    this.skipped = skipped;
    this.changed = changed;
    containers.addListener(this);
  }

  @Override
  public Answer of(long cgroupId, @Nullable Owner owner) {
    containers.refresh();
    int slot = slot(cgroupId);
    Known found = known[slot];
    if (found == null || found.cgroupId() != cgroupId) {
      Resolution lookup = containers.resolve(cgroupId);
      if (containers.needsProcess(lookup)) {
        return ofProcess(lookup, owner); // others share the cgroup: nothing to remember of it
      }
      Answer answer = answer(lookup, owner);
      if (lookup instanceof Resolution.Unknown) {
        return answer; // it depends on the process
      }
      found = new Known(cgroupId, answer, isForKernel(cgroupId, lookup));
      known[slot] = found;
    }
    if (found.forKernel()) {
      // Again at each packet: the kernel may have dropped the verdict to make room for others.
      skipped.accept(cgroupId);
    }
    return found.answer();
  }

  /// While the cgroup's path is not known yet, a process outside containers decides nothing.
  private Answer ofProcess(Resolution byCgroup, @Nullable Owner owner) {
    Resolution lookup = containers.resolveByProcess(owner);
    boolean told = !(lookup instanceof Resolution.Host || lookup instanceof Resolution.Unknown);
    return answer(told || !(byCgroup instanceof Resolution.InProgress) ? lookup : byCgroup, owner);
  }

  private static int slot(long cgroupId) {
    return (int) (cgroupId ^ cgroupId >>> 12) & SLOTS - 1;
  }

  private Answer answer(Resolution lookup, @Nullable Owner owner) {
    return switch (lookup) {
      case Resolution.InProgress(Container byPath) -> new Answer(Decision.HOLD, byPath);
      case Resolution.Named(Container container)
          when selection.verdict(container) == Verdict.UNDECIDED_NAME ->
          new Answer(Decision.HOLD, container); // its pod's labels come after its name
      case Resolution.Host(), Resolution.Named(_), Resolution.IdOnly(_), Resolution.Unknown() ->
          settled(lookup, owner);
    };
  }

  private Answer settled(Resolution lookup, @Nullable Owner owner) {
    return switch (lookup) {
      case Resolution.Host() -> decided(null);
      case Resolution.Named(Container container) -> decided(container);
      case Resolution.IdOnly(Container container) -> decided(container);
      case Resolution.Unknown() -> unknown(owner);
      case Resolution.InProgress pending -> settled(pending.fallback(), owner);
    };
  }

  private Answer decided(@Nullable Container container) {
    return switch (selection.verdict(container)) {
      case PASS -> new Answer(Decision.PASS, container);
      case SKIP -> new Answer(Decision.SKIP, container);
      case UNDECIDED_NAME -> new Answer(Decision.NAME_UNKNOWN, container);
    };
  }

  /// Nobody can tell any more. Who ran with mounts of its own was in a container most likely: it is
  /// shown where every container is wanted, without a name rather than not at all.
  private Answer unknown(@Nullable Owner owner) {
    if (owner != null && containers.hasHostMounts(owner)) {
      return decided(null);
    }
    boolean every = selection.isEveryContainer();
    boolean wanted = every && (owner != null || selection.verdict(null) == Verdict.PASS);
    return new Answer(wanted ? Decision.PASS : Decision.CONTAINER_UNKNOWN, null);
  }

  /// Whether nothing that may still become known of the cgroup would make its packets wanted; what
  /// it was decided by is followed ([#onChanged]).
  private boolean isForKernel(long cgroupId, Resolution lookup) {
    if (cgroupId <= ROOT_CGROUP) {
      return false;
    }
    return switch (lookup) {
      case Resolution.Host() -> selection.verdict(null) == Verdict.SKIP;
      case Resolution.Named(Container container) -> selection.verdict(container) == Verdict.SKIP;
      case Resolution.IdOnly(Container container) -> selection.verdict(container) == Verdict.SKIP;
      case Resolution.InProgress(_), Resolution.Unknown() -> false;
    };
  }

  @Override
  public Answer afterWaiting(long cgroupId, @Nullable Owner owner) {
    Resolution lookup = containers.resolve(cgroupId);
    boolean byProcess = containers.needsProcess(lookup);
    return settled(byProcess ? containers.resolveByProcess(owner) : lookup, owner);
  }

  @Override
  public boolean isSettling() {
    return !containers.isReady();
  }

  @Override
  public void renew() {
    containers.refresh();
  }

  @Override
  public void born(long cgroupId, String path) {
    containers.onCgroupCreated(cgroupId, path);
  }

  @Override
  public void onChanged(long cgroupId, Resolution before, @Nullable Resolution now) {
    Known found = known[slot(cgroupId)];
    if (found != null && found.cgroupId() == cgroupId) {
      known[slot(cgroupId)] = null;
    }
    if (isForKernel(cgroupId, before) && (now == null || !isForKernel(cgroupId, now))) {
      onAllChanged();
    }
  }

  @Override
  public void onAllChanged() {
    Arrays.fill(known, null);
    changed.run();
  }
}

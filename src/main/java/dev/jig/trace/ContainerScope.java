package dev.jig.trace;

import dev.jig.container.Containers;
import dev.jig.container.Lookup;
import dev.jig.event.Container;
import dev.jig.filter.ContainerSelection;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The container rule: containers' own packets, those selected by name or id, and the host's only
/// if asked for. Answers are remembered per cgroup until something changes.
final class ContainerScope implements Scope {
  /// Of the cgroup v2 hierarchy's root: containers without a cgroup of their own share it.
  private static final long ROOT_CGROUP = 1;

  private static final int SLOTS = 4096;

  private final Containers containers;
  private final ContainerSelection selection;
  private final LongConsumer skipped;
  private final Runnable changed;
  private final long[] ids = new long[SLOTS];
  private final @Nullable Answer[] answers = new @Nullable Answer[SLOTS];
  private long generation = -1;

  /// @param skipped told of each cgroup none of whose packets are wanted until something changes
  /// @param changed told when what was skipped may be wanted again
  ContainerScope(
      Containers containers, ContainerSelection selection, LongConsumer skipped, Runnable changed) {
    this.containers = containers;
    this.selection = selection;
    this.skipped = skipped;
    this.changed = changed;
  }

  @Override
  public Answer of(long cgroupId) {
    long now = containers.generation();
    if (now != generation) {
      generation = now;
      Arrays.fill(answers, null);
      changed.run();
    }
    int slot = (int) (cgroupId ^ cgroupId >>> 12) & SLOTS - 1;
    Answer known = answers[slot];
    if (known != null && ids[slot] == cgroupId) {
      return known;
    }
    Answer answer = answer(cgroupId, containers.of(cgroupId));
    ids[slot] = cgroupId;
    answers[slot] = answer;
    return answer;
  }

  private Answer answer(long cgroupId, Lookup lookup) {
    return switch (lookup) {
      case Lookup.Host() -> decided(cgroupId, null);
      case Lookup.Known(Container container) -> decided(cgroupId, container);
      case Lookup.Unnamed(Container container) -> withoutName(container);
      case Lookup.Pending(Container byPath) -> new Answer(Decision.HOLD, byPath);
    };
  }

  private Answer decided(long cgroupId, @Nullable Container container) {
    boolean wanted = selection.verdict(container) == ContainerSelection.Verdict.PASS;
    if (!wanted && cgroupId > ROOT_CGROUP) {
      skipped.accept(cgroupId);
    }
    return new Answer(wanted ? Decision.PASS : Decision.SKIP, container);
  }

  private Answer withoutName(@Nullable Container container) {
    return switch (selection.verdict(container)) {
      case PASS -> new Answer(Decision.PASS, container);
      case SKIP -> new Answer(Decision.SKIP, container);
      case UNDECIDED_NAME -> new Answer(Decision.NAME_UNKNOWN, container);
    };
  }

  @Override
  public Answer afterWaiting(long cgroupId) {
    Lookup lookup = containers.of(cgroupId);
    Lookup settled = lookup instanceof Lookup.Pending pending ? pending.givenUp() : lookup;
    return switch (settled) {
      case Lookup.Host() -> withoutName(null);
      case Lookup.Known(Container container) -> withoutName(container);
      case Lookup.Unnamed(Container container) -> withoutName(container);
      case Lookup.Pending pending -> withoutName(pending.byPath());
    };
  }

  @Override
  public boolean isSettling() {
    return !containers.isReady();
  }

  @Override
  public long generation() {
    return containers.generation();
  }

  @Override
  public void born(long cgroupId, String path) {
    containers.born(cgroupId, path);
    // Asked before it was known: the answer may be another one now.
    int slot = (int) (cgroupId ^ cgroupId >>> 12) & SLOTS - 1;
    answers[slot] = null;
  }
}

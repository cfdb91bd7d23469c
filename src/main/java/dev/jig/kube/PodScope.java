package dev.jig.kube;

import dev.jig.container.Containers;
import dev.jig.container.Lookup;
import dev.jig.event.Container;
import dev.jig.trace.NodeTrace.Skips;
import dev.jig.trace.Scope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The packets of selected pods. Answers are remembered per cgroup until something changes.
final class PodScope implements Scope {
  /// Of the cgroup v2 hierarchy's root: containers without a cgroup of their own share it.
  private static final long ROOT_CGROUP = 1;

  private static final int REMEMBERED_AT_MOST = 16_384;

  private final Containers containers;
  private final PodSelection selection;
  private final Skips skips;
  private final Map<Long, Answer> answers = new HashMap<>();
  private long generation = -1;

  PodScope(Containers containers, PodSelection selection, Skips skips) {
    this.containers = containers;
    this.selection = selection;
    this.skips = skips;
  }

  @Override
  public Answer of(long cgroupId) {
    long now = containers.generation();
    if (now != generation || answers.size() > REMEMBERED_AT_MOST) {
      generation = now;
      answers.clear();
      skips.forget();
    }
    Answer known = answers.get(cgroupId);
    if (known == null) {
      known = answer(cgroupId, containers.of(cgroupId));
      answers.put(cgroupId, known);
    }
    return known;
  }

  private Answer answer(long cgroupId, Lookup lookup) {
    return switch (lookup) {
      case Lookup.Host() -> decided(cgroupId, null);
      case Lookup.Known(Container container) -> decided(cgroupId, container);
      case Lookup.Unnamed(Container container) -> without(container);
      case Lookup.Pending(Container byPath) -> new Answer(Decision.HOLD, byPath);
    };
  }

  private Answer decided(long cgroupId, @Nullable Container container) {
    Answer answer = without(container);
    if (answer.decision() == Decision.SKIP && cgroupId > ROOT_CGROUP) {
      skips.skip(cgroupId);
    }
    return answer;
  }

  private Answer without(@Nullable Container container) {
    return switch (selection.verdict(container)) {
      case PASS -> new Answer(Decision.PASS, container);
      case SKIP -> new Answer(Decision.SKIP, container);
      case UNDECIDED -> new Answer(Decision.NAME_UNKNOWN, container);
    };
  }

  @Override
  public Answer afterWaiting(long cgroupId) {
    Lookup lookup = containers.of(cgroupId);
    Lookup settled = lookup instanceof Lookup.Pending pending ? pending.givenUp() : lookup;
    return switch (settled) {
      case Lookup.Host() -> without(null);
      case Lookup.Known(Container container) -> without(container);
      case Lookup.Unnamed(Container container) -> without(container);
      case Lookup.Pending pending -> without(pending.byPath());
    };
  }

  @Override
  public long generation() {
    return containers.generation();
  }

  @Override
  public void born(long cgroupId, String path) {
    answers.remove(cgroupId); // asked before it was known: it may be another one now
  }
}

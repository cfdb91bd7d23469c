package dev.jig.container;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which container ids were asked of which runtimes, so that nobody is asked twice. Guarded by the
/// caller's lock.
final class Questions {
  private static final int AT_MOST = 10_000;

  /// By container id, the runtimes that still owe an answer; empty once all have answered in vain.
  private final Map<String, Set<ContainerRuntime>> owing = new LinkedHashMap<>();

  /// Whether some runtime may still name `id`; asks them all if it is asked for the first time.
  ///
  /// @param runtime the name of those to ask, null: all
  boolean isOpen(String id, @Nullable String runtime, List<ContainerRuntime> runtimes) {
    Set<ContainerRuntime> open = owing.get(id);
    if (open != null) {
      return !open.isEmpty();
    }
    Set<ContainerRuntime> asked = new HashSet<>();
    for (ContainerRuntime candidate : runtimes) {
      if ((runtime == null || runtime.equals(candidate.name())) && candidate.isAnswering()) {
        asked.add(candidate);
      }
    }
    if (asked.isEmpty()) {
      return false; // not remembered: it may connect later
    }
    owing.put(id, asked);
    if (owing.size() > AT_MOST) {
      owing.remove(owing.keySet().iterator().next());
    }
    asked.forEach(candidate -> candidate.ask(id));
    return true;
  }

  /// Somebody knows `id`.
  void answered(String id) {
    owing.remove(id);
  }

  /// `runtime` does not know `id`; returns whether nobody else is left to answer.
  boolean answeredInVain(String id, ContainerRuntime runtime) {
    Set<ContainerRuntime> open = owing.get(id);
    return open != null && open.remove(runtime) && open.isEmpty();
  }

  /// `runtime` will answer nothing any more.
  void forgiveAll(ContainerRuntime runtime) {
    owing.values().forEach(open -> open.remove(runtime));
  }

  /// A runtime begins anew: what nobody could answer may be asked again.
  void askAgain() {
    owing.values().removeIf(Set::isEmpty);
  }
}

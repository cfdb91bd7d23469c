package dev.jig.container;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which container ids were asked of which runtimes, so that nobody is asked twice. Guarded by the
/// caller's lock.
final class InspectRequests {
  private static final int MAX_IDS = 10_000;

  /// By container id, the runtimes that still owe an answer; empty once all have answered in vain.
  private final Map<String, Set<ContainerRuntime>> openById = new LinkedHashMap<>();

  /// Whether some runtime may still name `id`; asks them all if it is asked for the first time.
  ///
  /// @param runtime the name of those to ask, null: all
  boolean inspectOnce(String id, @Nullable String runtime, List<ContainerRuntime> runtimes) {
    Set<ContainerRuntime> open = openById.get(id);
    if (open != null) {
      return !open.isEmpty();
    }
    Set<ContainerRuntime> asked = new HashSet<>();
    for (ContainerRuntime candidate : runtimes) {
      if ((runtime == null || runtime.equals(candidate.name())) && candidate.canAnswer()) {
        asked.add(candidate);
      }
    }
    if (asked.isEmpty()) {
      return false; // not remembered: it may connect later
    }
    openById.put(id, asked);
    if (openById.size() > MAX_IDS) {
      openById.remove(openById.keySet().iterator().next());
    }
    asked.forEach(candidate -> candidate.inspect(id));
    return true;
  }

  /// Somebody knows `id`.
  void complete(String id) {
    openById.remove(id);
  }

  /// `runtime` does not know `id`; returns whether nobody else is left to answer.
  boolean onNotFound(String id, ContainerRuntime runtime) {
    Set<ContainerRuntime> open = openById.get(id);
    return open != null && open.remove(runtime) && open.isEmpty();
  }

  /// `runtime` will answer nothing any more.
  void cancelAll(ContainerRuntime runtime) {
    openById.values().forEach(open -> open.remove(runtime));
  }

  /// A runtime begins anew: what nobody could answer may be asked again.
  void allowRetry() {
    openById.values().removeIf(Set::isEmpty);
  }
}

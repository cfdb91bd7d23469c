package dev.jig.container;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The inspections under way, so that each id is requested once per runtime. Guarded by the
/// caller's lock.
final class InspectRequests {
  private static final int MAX_IDS = 10_000;

  /// By container id, the runtimes that have not answered; empty once none of them found it.
  private final Map<String, Set<ContainerRuntime>> openById = new LinkedHashMap<>();

  /// Requests an inspection of `id` from each runtime that may have it, unless that was done.
  ///
  /// @param kind the runtime in the cgroup's path, null: any
  /// @return whether an answer is outstanding
  boolean inspectOnce(String id, @Nullable RuntimeKind kind, List<ContainerRuntime> runtimes) {
    Set<ContainerRuntime> open = openById.get(id);
    if (open != null) {
      return !open.isEmpty();
    }
    Set<ContainerRuntime> requested = new HashSet<>();
    for (ContainerRuntime runtime : runtimes) {
      if ((kind == null || kind == runtime.kind()) && runtime.canAnswer()) {
        requested.add(runtime);
      }
    }
    if (requested.isEmpty()) {
      return false; // not stored: a runtime may connect later
    }
    openById.put(id, requested);
    if (openById.size() > MAX_IDS) {
      openById.remove(openById.keySet().iterator().next());
    }
    requested.forEach(runtime -> runtime.inspect(id));
    return true;
  }

  /// A runtime has inspected `id`.
  void complete(String id) {
    openById.remove(id);
  }

  /// `runtime` has no container `id`.
  ///
  /// @return whether it was the last one to answer
  boolean onNotFound(String id, ContainerRuntime runtime) {
    Set<ContainerRuntime> open = openById.get(id);
    return open != null && open.remove(runtime) && open.isEmpty();
  }

  /// `runtime` is unreachable: no answer of it is outstanding any more.
  void cancelAll(ContainerRuntime runtime) {
    openById.values().forEach(open -> open.remove(runtime));
  }

  /// Ids that no runtime found may be requested again.
  void allowRetry() {
    openById.values().removeIf(Set::isEmpty);
  }
}

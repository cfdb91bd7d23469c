package dev.jig.container;

import dev.jig.table.LongTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The answers given so far, by cgroup, and which of them a piece of news touches: a container that
/// comes or goes leaves all others' answers as they are. The ring thread's own.
final class ResolutionCache {
  /// @param path null if it is not known
  private record Cached(Resolution resolution, @Nullable CgroupPath path) {}

  private final LongTable<Cached> byCgroup = new LongTable<>();

  /// By container id, the cgroups whose paths lead through it.
  private final Map<String, Set<Long>> cgroupsByContainer = new HashMap<>();

  /// Cgroups of containers without a name.
  private final Set<Long> unnamed = new HashSet<>();

  /// Cgroups without a path.
  private final Set<Long> pathless = new HashSet<>();

  @Nullable Resolution get(long cgroupId) {
    Cached answer = byCgroup.get(cgroupId);
    return answer == null ? null : answer.resolution();
  }

  int size() {
    return byCgroup.size();
  }

  /// @param path null if it is not known
  void put(long cgroupId, Resolution lookup, @Nullable CgroupPath path) {
    byCgroup.put(cgroupId, new Cached(lookup, path));
    if (path == null) {
      pathless.add(cgroupId);
      return;
    }
    for (CgroupPath.Id id : path.containers()) {
      cgroupsByContainer.computeIfAbsent(id.id(), _ -> new HashSet<>()).add(cgroupId);
    }
    if (lookup instanceof Resolution.InProgress || lookup instanceof Resolution.IdOnly) {
      unnamed.add(cgroupId);
    }
  }

  /// Forgets one answer and returns it; null if there was none.
  @Nullable Resolution remove(long cgroupId) {
    Cached answer = byCgroup.remove(cgroupId);
    if (answer == null) {
      return null;
    }
    unnamed.remove(cgroupId);
    pathless.remove(cgroupId);
    if (answer.path() != null) {
      answer.path().containers().forEach(id -> unlink(id.id(), cgroupId));
    }
    return answer.resolution();
  }

  private void unlink(String containerId, long cgroupId) {
    Set<Long> its = cgroupsByContainer.get(containerId);
    if (its != null && its.remove(cgroupId) && its.isEmpty()) {
      cgroupsByContainer.remove(containerId);
    }
  }

  void clear() {
    byCgroup.clear();
    cgroupsByContainer.clear();
    unnamed.clear();
    pathless.clear();
  }

  /// The cgroups whose answers may be others now.
  List<Long> affectedBy(Invalidations.Batch news) {
    List<Long> touched = new ArrayList<>();
    if (news.pathless()) {
      touched.addAll(pathless);
    }
    if (news.unnamed()) {
      touched.addAll(unnamed);
    }
    for (String id : news.containers()) {
      touched.addAll(cgroupsByContainer.getOrDefault(id, Set.of()));
    }
    return touched;
  }

  /// Lets go of what belongs to a container that is no more.
  void evictContainer(String containerId) {
    List.copyOf(cgroupsByContainer.getOrDefault(containerId, Set.of())).forEach(this::remove);
  }
}

package dev.jig.container;

import dev.jig.table.LongTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Caches resolutions by cgroup, and finds those that an invalidation affects: a container that
/// starts or stops leaves the resolutions of others as they are. For the ring thread alone.
final class ResolutionCache {
  /// @param path null if unknown
  private record Cached(Resolution resolution, @Nullable CgroupPath path) {}

  private final LongTable<Cached> byCgroup = new LongTable<>();

  /// By container id, the cgroups with this container in their path.
  private final Map<String, Set<Long>> cgroupsByContainer = new HashMap<>();

  /// Cgroups of containers without a name.
  private final Set<Long> unnamed = new HashSet<>();

  /// Cgroups without a path.
  private final Set<Long> pathless = new HashSet<>();

  @Nullable Resolution get(long cgroupId) {
    Cached cached = byCgroup.get(cgroupId);
    return cached == null ? null : cached.resolution();
  }

  int size() {
    return byCgroup.size();
  }

  /// @param path null if unknown
  void put(long cgroupId, Resolution resolution, @Nullable CgroupPath path) {
    byCgroup.put(cgroupId, new Cached(resolution, path));
    if (path == null) {
      pathless.add(cgroupId);
      return;
    }
    for (CgroupPath.Id id : path.containers()) {
      cgroupsByContainer.computeIfAbsent(id.id(), _ -> new HashSet<>()).add(cgroupId);
    }
    if (resolution instanceof Resolution.InProgress || resolution instanceof Resolution.IdOnly) {
      unnamed.add(cgroupId);
    }
  }

  /// Removes a resolution and returns it; null if there was none.
  @Nullable Resolution remove(long cgroupId) {
    Cached cached = byCgroup.remove(cgroupId);
    if (cached == null) {
      return null;
    }
    unnamed.remove(cgroupId);
    pathless.remove(cgroupId);
    if (cached.path() != null) {
      cached.path().containers().forEach(id -> unlink(id.id(), cgroupId));
    }
    return cached.resolution();
  }

  private void unlink(String containerId, long cgroupId) {
    Set<Long> cgroups = cgroupsByContainer.get(containerId);
    if (cgroups != null && cgroups.remove(cgroupId) && cgroups.isEmpty()) {
      cgroupsByContainer.remove(containerId);
    }
  }

  void clear() {
    byCgroup.clear();
    cgroupsByContainer.clear();
    unnamed.clear();
    pathless.clear();
  }

  /// The cgroups with a stale resolution.
  List<Long> affectedBy(Invalidations.Batch stale) {
    List<Long> affected = new ArrayList<>();
    if (stale.pathless()) {
      affected.addAll(pathless);
    }
    if (stale.unnamed()) {
      affected.addAll(unnamed);
    }
    for (String id : stale.containers()) {
      affected.addAll(cgroupsByContainer.getOrDefault(id, Set.of()));
    }
    return affected;
  }

  /// Removes the resolutions of all cgroups with this container in their path.
  void evictContainer(String containerId) {
    List.copyOf(cgroupsByContainer.getOrDefault(containerId, Set.of())).forEach(this::remove);
  }
}

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
final class Answers {
  /// @param path null if it is not known
  private record Answer(Lookup lookup, @Nullable CgroupPath path) {}

  private final LongTable<Answer> byCgroup = new LongTable<>();

  /// By container id, the cgroups whose paths lead through it.
  private final Map<String, Set<Long>> cgroups = new HashMap<>();

  /// Cgroups of containers without a name.
  private final Set<Long> unnamed = new HashSet<>();

  /// Cgroups without a path.
  private final Set<Long> pathless = new HashSet<>();

  @Nullable Lookup get(long cgroupId) {
    Answer answer = byCgroup.get(cgroupId);
    return answer == null ? null : answer.lookup();
  }

  int size() {
    return byCgroup.size();
  }

  /// @param path null if it is not known
  void put(long cgroupId, Lookup lookup, @Nullable CgroupPath path) {
    byCgroup.put(cgroupId, new Answer(lookup, path));
    if (path == null) {
      pathless.add(cgroupId);
      return;
    }
    for (CgroupPath.Id id : path.containers()) {
      cgroups.computeIfAbsent(id.id(), _ -> new HashSet<>()).add(cgroupId);
    }
    if (lookup instanceof Lookup.Pending || lookup instanceof Lookup.Unnamed) {
      unnamed.add(cgroupId);
    }
  }

  /// Forgets one answer and returns it; null if there was none.
  @Nullable Lookup remove(long cgroupId) {
    Answer answer = byCgroup.remove(cgroupId);
    if (answer == null) {
      return null;
    }
    unnamed.remove(cgroupId);
    pathless.remove(cgroupId);
    if (answer.path() != null) {
      answer.path().containers().forEach(id -> leave(id.id(), cgroupId));
    }
    return answer.lookup();
  }

  private void leave(String containerId, long cgroupId) {
    Set<Long> its = cgroups.get(containerId);
    if (its != null && its.remove(cgroupId) && its.isEmpty()) {
      cgroups.remove(containerId);
    }
  }

  void clear() {
    byCgroup.clear();
    cgroups.clear();
    unnamed.clear();
    pathless.clear();
  }

  /// The cgroups whose answers may be others now.
  List<Long> touchedBy(Changes.Taken news) {
    List<Long> touched = new ArrayList<>();
    if (news.paths()) {
      touched.addAll(pathless);
    }
    if (news.names()) {
      touched.addAll(unnamed);
    }
    for (String id : news.containers()) {
      touched.addAll(cgroups.getOrDefault(id, Set.of()));
    }
    return touched;
  }

  /// Lets go of what belongs to a container that is no more.
  void forget(String containerId) {
    List.copyOf(cgroups.getOrDefault(containerId, Set.of())).forEach(this::remove);
  }
}

package dev.jig.container;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The content of /proc/PID/cgroup (cgroups(7)): a process's cgroup in each hierarchy.
///
/// ```
/// 12:pids:/docker/0123…        a v1 hierarchy with its controllers
/// 1:name=systemd:/docker/0123…
/// 0::/                         cgroup v2
/// ```
///
/// @param v2 null if the kernel has no cgroup v2
/// @param v1 one path per hierarchy
record ProcCgroups(@Nullable CgroupPath v2, List<CgroupPath> v1) {
  private static final CgroupPath HOST = new CgroupPath(List.of());

  ProcCgroups {
    v1 = List.copyOf(v1);
  }

  static ProcCgroups parse(List<String> lines) {
    CgroupPath v2 = null;
    List<CgroupPath> v1 = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(":", 3); // a path may contain colons
      if (fields.length < 3) {
        continue;
      }
      if (fields[0].equals("0")) {
        v2 = CgroupPath.parse(fields[2]);
      } else {
        v1.add(CgroupPath.parse(fields[2]));
      }
    }
    return new ProcCgroups(v2, v1);
  }

  /// Whether it is in a container on v1 but not on v2.
  boolean isContainerOnV1Only() {
    return !isContainer(v2) && v1.stream().anyMatch(ProcCgroups::isContainer);
  }

  boolean isContainerOnV2() {
    return isContainer(v2);
  }

  /// The path through the most containers, of which all other hierarchies have a prefix: a
  /// hierarchy may not be used for containers. Null if they contradict each other.
  @Nullable CgroupPath agreedPath() {
    CgroupPath longest = v2 == null ? HOST : v2;
    for (CgroupPath path : v1) {
      if (!isPrefix(path, longest) && !isPrefix(longest, path)) {
        return null;
      }
      longest = isMoreSpecific(path, longest) ? path : longest;
    }
    return longest;
  }

  private static boolean isContainer(@Nullable CgroupPath path) {
    return path != null && !path.containers().isEmpty();
  }

  private static boolean isPrefix(CgroupPath shorter, CgroupPath longer) {
    List<CgroupPath.Id> all = longer.containers();
    List<CgroupPath.Id> first = shorter.containers();
    if (first.size() > all.size()) {
      return false;
    }
    for (int i = 0; i < first.size(); i++) {
      if (!first.get(i).id().equals(all.get(i).id())) {
        return false;
      }
    }
    return true;
  }

  /// Whether a path has more containers than another, or more runtimes: a driver may put the
  /// runtime into some hierarchies only.
  private static boolean isMoreSpecific(CgroupPath path, CgroupPath other) {
    int more = Integer.compare(path.containers().size(), other.containers().size());
    return more > 0 || (more == 0 && runtimes(path) > runtimes(other));
  }

  private static long runtimes(CgroupPath path) {
    return path.containers().stream().filter(id -> id.runtime() != null).count();
  }
}

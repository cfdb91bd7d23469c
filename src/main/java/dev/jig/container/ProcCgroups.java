package dev.jig.container;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What /proc/PID/cgroup says of a process (cgroups(7)): its place in each hierarchy.
///
/// ```
/// 12:pids:/docker/0123…        a v1 hierarchy with its controllers
/// 1:name=systemd:/docker/0123…
/// 0::/                         cgroup v2
/// ```
///
/// @param v2 null where the kernel tells of none
/// @param v1 as many as there are hierarchies
record ProcCgroups(@Nullable CgroupPath v2, List<CgroupPath> v1) {
  private static final CgroupPath HOST = new CgroupPath(List.of());

  ProcCgroups {
    v1 = List.copyOf(v1);
  }

  static ProcCgroups parse(List<String> lines) {
    CgroupPath v2 = null;
    List<CgroupPath> v1 = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(":", 3); // a path may have colons too
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

  /// Whether a runtime has put it into a container on v1, and left it outside on v2.
  boolean isContainerOnV1Only() {
    return !isContainer(v2) && v1.stream().anyMatch(ProcCgroups::isContainer);
  }

  boolean isContainerOnV2() {
    return isContainer(v2);
  }

  /// The longest path of containers, in which all hierarchies agree: one that is not used for
  /// containers stops short. Null if they contradict each other.
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

  /// Of two that agree. Only some drivers name the runtime, and not in each hierarchy.
  private static boolean isMoreSpecific(CgroupPath path, CgroupPath than) {
    int more = Integer.compare(path.containers().size(), than.containers().size());
    return more > 0 || (more == 0 && runtimes(path) > runtimes(than));
  }

  private static long runtimes(CgroupPath path) {
    return path.containers().stream().filter(id -> id.runtime() != null).count();
  }
}

package dev.jig.container;

import java.util.HashSet;
import java.util.Set;

/// What has changed since the ring thread last looked: written by the runtimes' threads and the
/// cgroup walk, taken by the ring thread. Where nobody takes, only the first 10,000 ids are kept
/// and then it is "everything".
final class Changes {
  private static final int IDS_AT_MOST = 10_000;

  /// One look's worth.
  ///
  /// @param containers ids of which a runtime has told something new
  /// @param forgotten ids of containers that ended long ago
  /// @param names whether runtimes may answer now, or no longer, what they could not tell before
  /// @param paths whether cgroups of unknown path may have one now
  /// @param everything whether more has changed than could be kept
  record Taken(
      Set<String> containers,
      Set<String> forgotten,
      boolean names,
      boolean paths,
      boolean everything) {}

  private Set<String> containers = new HashSet<>();
  private Set<String> forgotten = new HashSet<>();
  private boolean names;
  private boolean paths;
  private boolean everything;

  /// A container has another name, or labels, or none after all.
  synchronized void of(String containerId) {
    if (containers.size() < IDS_AT_MOST) {
      containers.add(containerId);
    } else {
      everything = true;
    }
  }

  /// A container ended so long ago that its last packets are through.
  synchronized void forget(String containerId) {
    if (forgotten.size() < IDS_AT_MOST) {
      forgotten.add(containerId);
    } else {
      everything = true;
    }
  }

  /// A runtime has appeared or gone: what has no name may be asked for, or no longer.
  synchronized void names() {
    names = true;
  }

  /// A cgroup's path tells another container than before.
  synchronized void places() {
    everything = true;
  }

  /// The tree was walked.
  synchronized void paths() {
    paths = true;
  }

  synchronized Taken take() {
    Taken taken = new Taken(containers, forgotten, names, paths, everything);
    containers = new HashSet<>();
    forgotten = new HashSet<>();
    names = false;
    paths = false;
    everything = false;
    return taken;
  }
}

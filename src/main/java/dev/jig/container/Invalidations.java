package dev.jig.container;

import java.util.HashSet;
import java.util.Set;

/// What has changed since the ring thread last looked: written by the runtimes' threads and the
/// cgroup walk, taken by the ring thread. Where nobody takes, only the first 10,000 ids are kept
/// and then it is "everything".
final class Invalidations {
  private static final int MAX_IDS = 10_000;

  /// One look's worth.
  ///
  /// @param containers ids of which a runtime has told something new
  /// @param evicted ids of containers that ended long ago
  /// @param unnamed whether runtimes may answer now, or no longer, what they could not tell before
  /// @param pathless whether cgroups of unknown path may have one now
  /// @param all whether more has changed than could be kept
  record Batch(
      Set<String> containers,
      Set<String> evicted,
      boolean unnamed,
      boolean pathless,
      boolean all) {}

  private Set<String> containers = new HashSet<>();
  private Set<String> evicted = new HashSet<>();
  private boolean names;
  private boolean paths;
  private boolean all;

  /// A container has another name, or labels, or none after all.
  synchronized void addContainer(String containerId) {
    if (containers.size() < MAX_IDS) {
      containers.add(containerId);
    } else {
      all = true;
    }
  }

  /// A container ended so long ago that its last packets are through.
  synchronized void addEvicted(String containerId) {
    if (evicted.size() < MAX_IDS) {
      evicted.add(containerId);
    } else {
      all = true;
    }
  }

  /// A runtime has appeared or gone: what has no name may be asked for, or no longer.
  synchronized void addUnnamed() {
    names = true;
  }

  /// A cgroup's path tells another container than before.
  synchronized void addAll() {
    all = true;
  }

  /// The tree was walked.
  synchronized void addPathless() {
    paths = true;
  }

  synchronized Batch drain() {
    Batch taken = new Batch(containers, evicted, names, paths, all);
    containers = new HashSet<>();
    evicted = new HashSet<>();
    names = false;
    paths = false;
    all = false;
    return taken;
  }
}

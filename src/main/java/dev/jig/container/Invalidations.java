package dev.jig.container;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Collects what makes cached resolutions stale: written by the runtimes' threads and the cgroup
/// walk, drained by the ring thread. Holds at most 10,000 ids; beyond that everything is stale.
final class Invalidations {
  private static final int MAX_IDS = 10_000;

  /// What became stale since the last drain.
  ///
  /// @param containers ids of containers with another name or labels, or none
  /// @param evicted ids of containers that the registry evicted
  /// @param unnamed whether the set of runtimes that answer has changed: containers without a name
  ///   may be inspected, or no longer
  /// @param pathless whether cgroups of unknown path may have one now
  /// @param all whether everything is stale
  record Batch(
      Set<String> containers,
      Set<String> evicted,
      boolean unnamed,
      boolean pathless,
      boolean all) {}

  private Set<String> containers = new HashSet<>();
  private Set<String> evicted = new HashSet<>();
  private boolean unnamed;
  private boolean pathless;
  private boolean all;
  private final AtomicLong generation = new AtomicLong();

  /// A container's name or labels changed, or no runtime has it.
  synchronized void addContainer(String containerId) {
    if (containers.size() < MAX_IDS) {
      containers.add(containerId);
    } else {
      all = true;
    }
    generation.incrementAndGet();
  }

  /// The registry evicted a container: its cached resolutions stay right, and are evicted too.
  synchronized void addEvicted(String containerId) {
    if (evicted.size() < MAX_IDS) {
      evicted.add(containerId);
    } else {
      all = true;
    }
  }

  /// A runtime was listed or became unreachable.
  synchronized void addUnnamed() {
    unnamed = true;
    generation.incrementAndGet();
  }

  /// The cgroup tree was walked.
  synchronized void addPathless() {
    pathless = true;
    generation.incrementAndGet();
  }

  /// A cgroup of known path belongs to another container than its path shows.
  synchronized void addAll() {
    all = true;
    generation.incrementAndGet();
  }

  /// Rises with every addition but those of evicted containers. Any thread, without a lock.
  long generation() {
    return generation.get();
  }

  synchronized Batch drain() {
    Batch batch = new Batch(containers, evicted, unnamed, pathless, all);
    containers = new HashSet<>();
    evicted = new HashSet<>();
    unnamed = false;
    pathless = false;
    all = false;
    return batch;
  }
}

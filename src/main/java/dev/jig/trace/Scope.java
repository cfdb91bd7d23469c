package dev.jig.trace;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import org.jspecify.annotations.Nullable;

/// Decides by cgroup which packets are wanted, and which container they belong to. Called on the
/// ring thread only.
public interface Scope {

  /// What to do with a packet, and the container to show.
  ///
  /// @param container null outside containers, or while the container is unknown
  record Verdict(Decision decision, @Nullable Container container) {}

  /// What to do with a packet.
  enum Decision {
    /// Wanted.
    PASS,
    /// Not wanted.
    SKIP,
    /// Undecided until the container's name is known: hold the row.
    HOLD,
    /// The selection needs a name that no runtime gave.
    NAME_UNKNOWN,
    /// The container could not be determined.
    CONTAINER_UNKNOWN
  }

  /// Decides on the packets of a cgroup.
  ///
  /// @param owner identifies the container where the cgroup does not; null if unknown
  Verdict decide(long cgroupId, @Nullable Owner owner);

  /// Decides with what is known now; never HOLD.
  Verdict decideNow(long cgroupId, @Nullable Owner owner);

  /// Whether runtimes are still being listed for the first time, so that holding for longer pays.
  default boolean isInitializing() {
    return false;
  }

  /// Applies changes of containers since the last call; withdraws skips that are no longer right.
  /// Called every 20 ms, also without packets.
  default void refresh() {}

  /// The kernel created a cgroup (`cgroup_mkdir`).
  default void onCgroupCreated(long cgroupId, String path) {}

  /// Wants everything and knows no containers: for capture files.
  Scope EVERYTHING =
      new Scope() {
        private static final Verdict PASS = new Verdict(Decision.PASS, null);

        @Override
        public Verdict decide(long cgroupId, @Nullable Owner owner) {
          return PASS;
        }

        @Override
        public Verdict decideNow(long cgroupId, @Nullable Owner owner) {
          return PASS;
        }
      };
}

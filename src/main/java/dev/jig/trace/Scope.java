package dev.jig.trace;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import org.jspecify.annotations.Nullable;

/// Whose packets are wanted, by cgroup. Asked on the ring thread only.
public interface Scope {

  /// What to do with a packet, and what to show of its container.
  ///
  /// @param container null outside containers, or while nothing is known of it
  record Verdict(Decision decision, @Nullable Container container) {}

  enum Decision {
    /// To be shown.
    PASS,
    /// Not asked for.
    SKIP,
    /// A name may still come: to be held for a moment.
    HOLD,
    /// A name was asked for and can't be had.
    NAME_UNKNOWN,
    /// Nobody can tell any more whether it is of a container, and of which.
    CONTAINER_UNKNOWN
  }

  /// Whose packets those of a cgroup are.
  ///
  /// @param owner tells where the cgroup does not; null if unknown
  Verdict decide(long cgroupId, @Nullable Owner owner);

  /// The answer when the moment is over; never HOLD.
  Verdict decideNow(long cgroupId, @Nullable Owner owner);

  /// Whether it is only just being found out what there is: patience pays.
  default boolean isInitializing() {
    return false;
  }

  /// Takes in what has changed meanwhile: what was not wanted may be now. To be called now and
  /// then, also while no packet comes.
  default void refresh() {}

  /// The kernel made a cgroup.
  default void onCgroupCreated(long cgroupId, String path) {}

  /// Everything is wanted and nothing is a container: capture files.
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

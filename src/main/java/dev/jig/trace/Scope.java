package dev.jig.trace;

import dev.jig.event.Container;
import dev.jig.event.Owner;
import org.jspecify.annotations.Nullable;

/// Whose packets are wanted, by cgroup. Asked on the ring thread only.
public interface Scope {

  /// What to do with a packet, and what to show of its container.
  ///
  /// @param container null outside containers, or while nothing is known of it
  record Answer(Decision decision, @Nullable Container container) {}

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
  Answer of(long cgroupId, @Nullable Owner owner);

  /// The answer when the moment is over; never HOLD.
  Answer afterWaiting(long cgroupId, @Nullable Owner owner);

  /// Whether it is only just being found out what there is: patience pays.
  default boolean isSettling() {
    return false;
  }

  /// Takes in what has changed meanwhile: what was not wanted may be now. To be called now and
  /// then, also while no packet comes.
  default void renew() {}

  /// The kernel made a cgroup.
  default void born(long cgroupId, String path) {}

  /// Everything is wanted and nothing is a container: capture files.
  Scope EVERYTHING =
      new Scope() {
        private static final Answer PASS = new Answer(Decision.PASS, null);

        @Override
        public Answer of(long cgroupId, @Nullable Owner owner) {
          return PASS;
        }

        @Override
        public Answer afterWaiting(long cgroupId, @Nullable Owner owner) {
          return PASS;
        }
      };
}

package dev.jig.trace;

import dev.jig.event.Container;
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
    NAME_UNKNOWN
  }

  Answer of(long cgroupId);

  /// The answer when the moment is over; never HOLD.
  Answer afterWaiting(long cgroupId);

  /// Whether it is only just being found out what there is: patience pays.
  default boolean isSettling() {
    return false;
  }

  /// Rises whenever an answer may have changed.
  long generation();

  /// The kernel made a cgroup.
  default void born(long cgroupId, String path) {}

  /// Everything is wanted and nothing is a container: capture files.
  Scope EVERYTHING =
      new Scope() {
        private static final Answer PASS = new Answer(Decision.PASS, null);

        @Override
        public Answer of(long cgroupId) {
          return PASS;
        }

        @Override
        public Answer afterWaiting(long cgroupId) {
          return PASS;
        }

        @Override
        public long generation() {
          return 0;
        }
      };
}

package dev.jig.container;

import dev.jig.event.Container;
import java.time.Instant;

/// Who wants to hear of containers as they come and go. Called on the runtimes' threads, in order;
/// must not block for long.
public interface ContainerListener {

  /// A container runs; also told of each that ran already when its runtime was first listed.
  default void onStarted(Container container, Instant at) {}

  /// A container has stopped running.
  default void onStopped(Container container, Instant at) {}

  /// A sentence with a hint for the user, on stderr.
  default void onWarning(String sentence) {}

  /// A sentence for `-v`.
  default void onDebug(String sentence) {}
}

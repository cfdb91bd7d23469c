package dev.jig.container;

import dev.jig.event.Container;
import java.time.Instant;

/// Receives starts and stops of containers, and messages for the user. Called on the runtimes'
/// threads, in order per runtime; must not block for long.
public interface ContainerListener {

  /// A container started, or was running when its runtime was first listed.
  default void onStarted(Container container, Instant at) {}

  /// A container stopped.
  default void onStopped(Container container, Instant at) {}

  /// A warning for the user.
  default void onWarning(String sentence) {}

  /// A message for `-v`.
  default void onDebug(String sentence) {}
}

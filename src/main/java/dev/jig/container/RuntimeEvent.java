package dev.jig.container;

import dev.jig.event.Container;
import java.time.Instant;
import java.util.Set;

/// What a [ContainerRuntime] reports, in order. Every value is immutable.
public sealed interface RuntimeEvent {

  /// A step in a container's life.
  enum Transition {
    CREATED,
    STARTED,
    RENAMED,
    STOPPED,
    REMOVED
  }

  /// A container changed: name and image are of that moment, the other components may be missing.
  record Lifecycle(Container container, Transition transition, Instant at)
      implements RuntimeEvent {}

  /// A container was inspected or listed, with everything the runtime has about it.
  ///
  /// @param running false for a pod's sandbox, which is therefore never listed
  record Inspected(Container container, boolean running) implements RuntimeEvent {}

  /// The cgroup of a container without its id in the cgroup path.
  ///
  /// @param cgroup path below the hierarchy's root
  record CgroupKnown(String id, String cgroup) implements RuntimeEvent {}

  /// The runtime has no container of this id, or could not be queried.
  record NotFound(String id) implements RuntimeEvent {}

  /// The listing that follows each connect is complete: other containers of this runtime are gone.
  record Listed(Set<String> ids) implements RuntimeEvent {}

  /// The runtime is absent or its connection broke.
  record Unreachable() implements RuntimeEvent {}

  /// A warning for the user.
  record Warning(String sentence) implements RuntimeEvent {}

  /// A message for `-v`.
  record Debug(String sentence) implements RuntimeEvent {}
}

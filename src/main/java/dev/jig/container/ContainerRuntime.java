package dev.jig.container;

import dev.jig.event.Container;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/// A source of names: a container runtime of this machine, followed on threads of its own. Several
/// may have one name, such as the Podmans of several users.
///
/// A runtime that is absent is no error: it says so with [RuntimeEvent.Unreachable], keeps trying, and
/// tells everything anew once it is there.
public interface ContainerRuntime extends AutoCloseable {

  /// As cgroup paths tell it: `docker`, `containerd`, `cri-o`, `podman`.
  String name();

  /// As sentences have it: `Docker`, `CRI-O`.
  default String title() {
    return name();
  }

  /// Whether it may tell of containers whose ids their cgroups' paths do not show: [RuntimeEvent.CgroupKnown].
  default boolean canReportCgroups() {
    return false;
  }

  /// Begins to follow; returns at once. Called once.
  void start(Consumer<RuntimeEvent> news);

  /// Whether it is worth waiting for: connected, or not yet known to be absent.
  boolean canAnswer();

  /// Asks for one container in the background; the answer is [RuntimeEvent.Inspected] or [RuntimeEvent.NotFound].
  /// Never blocks.
  void inspect(String id);

  @Override
  void close();

  /// What happened to a container.
  enum Transition {
    CREATED,
    STARTED,
    RENAMED,
    STOPPED,
    REMOVED
  }

  /// What a runtime has to tell.
  sealed interface RuntimeEvent {

    /// An event: name and image are of that moment, the rest may be incomplete.
    record Lifecycle(Container container, Transition transition, Instant at) implements RuntimeEvent {}

    /// All there is to know of a container, asked or listed. A pod's sandbox never counts as
    /// running: it is known, and not listed.
    record Inspected(Container container, boolean running) implements RuntimeEvent {}

    /// A container whose id its cgroup's path does not show is in this cgroup, as a path below the
    /// hierarchy's root.
    record CgroupKnown(String id, String cgroup) implements RuntimeEvent {}

    /// This runtime does not know the id, or could not be asked.
    record NotFound(String id) implements RuntimeEvent {}

    /// The listing that follows each connecting is through: others of this runtime are gone.
    record Listed(Set<String> ids) implements RuntimeEvent {}

    /// The runtime is absent or has gone away.
    record Unreachable() implements RuntimeEvent {}

    /// To be told to the user: a sentence and a hint.
    record Warning(String sentence) implements RuntimeEvent {}

    /// To be told with `-v`.
    record Debug(String sentence) implements RuntimeEvent {}
  }
}

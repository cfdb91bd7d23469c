package dev.jig.container;

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
}

package dev.jig.container;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A client of one container runtime of this machine, which follows it on threads of its own. There
/// may be several clients of one kind: every user may run a Podman.
///
/// An absent runtime is no error: the client emits [RuntimeEvent.Unreachable], retries, and after
/// each connect reports all containers again.
public interface ContainerRuntime extends AutoCloseable {

  RuntimeKind kind();

  /// Whether it may emit [RuntimeEvent.CgroupKnown]: some of its cgroups' paths have no container
  /// id.
  default boolean canReportCgroups() {
    return false;
  }

  /// Starts to follow; returns at once. Called once.
  void start(Consumer<RuntimeEvent> events);

  /// Whether an inspection may succeed: connected, or the first connect is still under way.
  boolean canAnswer();

  /// Requests an inspection of one container, which results in [RuntimeEvent.Inspected] or
  /// [RuntimeEvent.NotFound]. Never blocks.
  void inspect(String id);

  /// Requests the lines of the resolv.conf that the runtime made for a container; the future has
  /// none if it does not say, and never fails. Never blocks.
  default CompletableFuture<List<String>> resolvConf(String id) {
    return CompletableFuture.completedFuture(List.of());
  }

  @Override
  void close();
}

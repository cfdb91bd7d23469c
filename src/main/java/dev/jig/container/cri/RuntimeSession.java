package dev.jig.container.cri;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Follows and inspects the containers of one connected runtime. Called on the runtime's thread.
interface RuntimeSession {

  /// Subscribes to events and lists all containers. Called once.
  void start();

  /// Inspects one container.
  void inspect(String id);

  /// The lines of a container's resolv.conf; none if the runtime does not say. Never fails.
  CompletableFuture<List<String>> resolvConf(String id);
}

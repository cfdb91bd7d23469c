package dev.jig.container.cri;

/// Follows and inspects the containers of one connected runtime. Called on the runtime's thread.
interface RuntimeSession {

  /// Subscribes to events and lists all containers. Called once.
  void start();

  /// Inspects one container.
  void inspect(String id);
}

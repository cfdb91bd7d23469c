package dev.jig.container.cri;

/// What is said with a daemon over one connection. Called on the engine's thread.
interface RuntimeSession {

  /// Follows events and lists; once.
  void start();

  /// Asks for one container.
  void inspect(String id);
}

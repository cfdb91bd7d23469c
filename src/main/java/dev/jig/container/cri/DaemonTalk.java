package dev.jig.container.cri;

/// What is said with a daemon over one connection. Called on the engine's thread.
interface DaemonTalk {

  /// Follows events and lists; once.
  void begin();

  /// Asks for one container.
  void ask(String id);
}

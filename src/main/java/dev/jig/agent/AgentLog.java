package dev.jig.agent;

import java.util.Map;

/// Where the agent tells what happens: one line each, for machines to read.
@FunctionalInterface
public interface AgentLog {
  /// Takes one line.
  ///
  /// @param event what happened, such as `stream began`
  /// @param details names and values, in their order
  void log(Level level, String event, Map<String, ?> details);

  /// How grave it is.
  enum Level {
    INFO,
    WARNING,
    ERROR
  }

  default void info(String event, Map<String, ?> details) {
    log(Level.INFO, event, details);
  }
}

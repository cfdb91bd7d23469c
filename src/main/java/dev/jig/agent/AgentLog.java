package dev.jig.agent;

import java.util.Map;

/// The agent's log: structured, one line per event.
@FunctionalInterface
public interface AgentLog {
  /// Writes one line.
  ///
  /// @param event what happened, such as `stream started`
  /// @param details names and values, in order
  void log(Level level, String event, Map<String, ?> details);

  /// Severity.
  enum Level {
    INFO,
    WARNING,
    ERROR
  }

  default void info(String event, Map<String, ?> details) {
    log(Level.INFO, event, details);
  }
}

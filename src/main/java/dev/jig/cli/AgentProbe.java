package dev.jig.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// `ig agent --probe`: whether the agent in this container does its work, for kubelet, which can't
/// dial the pod's loopback. It looks at a file's age and loads nothing else: it runs again and
/// again.
final class AgentProbe {
  /// The agent touches the file every second.
  private static final long FRESH_MS = 10_000;

  private static final int ALIVE = 0;
  private static final int NOT_ALIVE = 1;

  private AgentProbe() {}

  static boolean isAsked(String[] args) {
    return args.length == 2 && args[0].equals("agent") && args[1].equals("--probe");
  }

  /// Where the agent says that it is alive.
  static Path aliveFile(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("JIG_AGENT_STATE", "/run/jig"), "alive");
  }

  static int run(Map<String, String> environment) {
    Path file = aliveFile(environment);
    try {
      long ageMs = System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
      if (ageMs <= FRESH_MS) {
        return ALIVE;
      }
      Console.plain("the agent has not touched " + file + " for " + ageMs / 1000 + " s");
    } catch (IOException e) {
      Console.plain("the agent has not begun: " + CannotException.reason(e) + ", " + file);
    }
    return NOT_ALIVE;
  }
}

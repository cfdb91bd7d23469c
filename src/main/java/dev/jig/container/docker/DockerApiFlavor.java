package dev.jig.container.docker;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What Docker's Engine API and Podman's own (libpod) call the same things. Podman also speaks
/// Docker's, but there it tells neither pods nor which container is a pod's sandbox.
public enum DockerApiFlavor {
  DOCKER(RuntimeKind.DOCKER, "", "die", "destroy", 0),
  PODMAN(
      RuntimeKind.PODMAN,
      "/v4.0.0/libpod", // any version is accepted, but there must be one
      "died",
      "remove",
      400); // its log of events was seen to be read 210 ms late

  private final RuntimeKind kind;
  private final String prefix;
  private final String stopped;
  private final String removed;
  private final long eventDelayMs;

  DockerApiFlavor(
      RuntimeKind kind,
      String prefix,
      String stopped,
      String removed,
      long eventsLateMs) {
    this.kind = kind;
    this.prefix = prefix;
    this.stopped = stopped;
    this.removed = removed;
    this.eventDelayMs = eventsLateMs;
  }

  /// How long after a container is gone its creation may still be told.
  long eventDelayMs() {
    return eventDelayMs;
  }

  RuntimeKind kind() {
    return kind;
  }

  /// Of the stream of events.
  String eventsTarget() {
    return prefix
        + "/events?filters="
        + encoded(
            """
            {"type":["container"],"event":["create","start","%s","%s","rename"]}\
            """
                .formatted(stopped, removed));
  }

  /// Of the listing of all containers.
  String listTarget() {
    return prefix + "/containers/json?all=1";
  }

  /// Of the listing of one container.
  String listOneTarget(String id) {
    return listTarget() + "&filters=" + encoded("{\"id\":[\"" + id + "\"]}");
  }

  /// Of everything about one container.
  String inspectTarget(String id) {
    return prefix + "/containers/" + encoded(id) + "/json";
  }

  /// What an event's action means; null if nothing to us.
  @Nullable Transition transition(String action) {
    if (action.equals(stopped)) {
      return Transition.STOPPED;
    }
    if (action.equals(removed)) {
      return Transition.REMOVED;
    }
    return switch (action) {
      case "create" -> Transition.CREATED;
      case "start" -> Transition.STARTED;
      case "rename" -> Transition.RENAMED;
      default -> null;
    };
  }

  /// Which attributes of an event are no labels, besides `name` and `image`.
  Set<String> nonLabels(String action) {
    return switch (this) {
      case PODMAN -> Set.of("containerExitCode", "podId");
      case DOCKER ->
          switch (action) {
            case "die" -> Set.of("exitCode", "execDuration");
            case "rename" -> Set.of("oldName", "oldname");
            default -> Set.of();
          };
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

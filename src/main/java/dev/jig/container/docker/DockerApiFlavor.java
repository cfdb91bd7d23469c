package dev.jig.container.docker;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where Docker's Engine API and Podman's own API (libpod) differ: paths, names of events, their
/// attributes. Podman also serves Docker's API, but without pods and without marking sandboxes.
public enum DockerApiFlavor {
  DOCKER(RuntimeKind.DOCKER, "", "die", "destroy", 0),
  PODMAN(
      RuntimeKind.PODMAN,
      "/v4.0.0/libpod", // the version is required, and any is accepted
      "died",
      "remove",
      400); // events were measured up to 210 ms late

  private final RuntimeKind kind;
  private final String prefix;
  private final String stopped;
  private final String removed;
  private final long eventDelayMs;

  DockerApiFlavor(
      RuntimeKind kind, String prefix, String stopped, String removed, long eventDelayMs) {
    this.kind = kind;
    this.prefix = prefix;
    this.stopped = stopped;
    this.removed = removed;
    this.eventDelayMs = eventDelayMs;
  }

  RuntimeKind kind() {
    return kind;
  }

  /// How long after a container was removed its first event may still come.
  long eventDelayMs() {
    return eventDelayMs;
  }

  /// Request target of the event stream.
  String eventsTarget() {
    return prefix
        + "/events?filters="
        + encode(
            """
            {"type":["container"],"event":["create","start","%s","%s","rename"]}\
            """
                .formatted(stopped, removed));
  }

  /// Request target of the list of all containers.
  String listTarget() {
    return prefix + "/containers/json?all=1";
  }

  /// Request target of the list with one container.
  String listOneTarget(String id) {
    return listTarget() + "&filters=" + encode("{\"id\":[\"" + id + "\"]}");
  }

  /// Request target of one container's details.
  String inspectTarget(String id) {
    return prefix + "/containers/" + encode(id) + "/json";
  }

  /// What an event's action means; null: of no use.
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

  /// The attributes of an event, besides `name` and `image`, that are not labels.
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

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

package dev.jig.container.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.jig.container.RuntimeKind;
import dev.jig.event.Container;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The JSON of Docker's and Podman's APIs, read as a stream: events, the listing of containers, one
/// inspected container. Skips unknown members and bounds strings and labels.
final class DockerJson {
  /// Longer strings are truncated; names are shorter.
  static final int MAX_STRING_BYTES = 4_096;

  /// Of all keys and values of one container; labels beyond it are dropped.
  static final int MAX_LABEL_CHARS = 32_768;

  private static final Set<String> RESERVED = Set.of("name", "image", "podId");
  private static final int POD_PREFIX_LENGTH = 12;
  private static final int DIGEST_LENGTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // label keys are unbounded
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .build();

  /// One event of `/events`.
  ///
  /// @param attributes name, image, all labels and the action's own, under unprefixed keys
  record Event(String action, String id, Map<String, String> attributes, Instant at) {

    /// The container with its name, image and labels. A label named `name` or `image` is missing:
    /// the attribute of that key overwrites it.
    Container container(DockerApiFlavor flavor) {
      Map<String, String> labels = new HashMap<>(attributes);
      String name = labels.remove("name");
      String image = labels.remove("image");
      labels.keySet().removeAll(flavor.nonLabels(action));
      return new Container(flavor.kind().key(), id, name, image, null, labels, null);
    }

    /// Whether the container is a pod's sandbox: Podman names it after the pod's id.
    boolean isSandbox() {
      String pod = attributes.getOrDefault("podId", "");
      String name = attributes.getOrDefault("name", "");
      return pod.length() > POD_PREFIX_LENGTH
          && name.equals(pod.substring(0, POD_PREFIX_LENGTH) + "-infra");
    }
  }

  /// One item of `/containers/json`.
  ///
  /// @param running false for a sandbox
  record Summary(Container container, boolean running) {}

  private DockerJson() {}

  /// Passes on each event as it comes; returns when the stream ends.
  static void readEvents(InputStream in, Consumer<Event> handler) throws IOException {
    try (JsonParser json = parser(in)) {
      while (json.nextToken() != null) {
        expect(json, JsonToken.START_OBJECT);
        Event event = readEvent(json);
        if (event != null) {
          handler.accept(event);
        }
      }
    }
  }

  static List<Summary> readList(InputStream in, RuntimeKind kind) throws IOException {
    List<Summary> list = new ArrayList<>();
    try (JsonParser json = parser(in)) {
      json.nextToken();
      expect(json, JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Summary summary = readSummary(json, kind);
        if (summary != null) {
          list.add(summary);
        }
      }
      expect(json, JsonToken.END_ARRAY);
    }
    return list;
  }

  /// The image's name as the user gave it, from `/containers/{id}/json`.
  static @Nullable String readImage(InputStream in) throws IOException {
    String image = null;
    try (JsonParser json = parser(in)) {
      json.nextToken();
      expect(json, JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        if (isObject(json, "Config")) {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            image = json.currentName().equals("Image") ? text(json) : skip(json, image);
          }
        } else {
          json.skipChildren();
        }
      }
    }
    return image;
  }

  /// The host's path of a container's resolv.conf, from `/containers/{id}/json`.
  static @Nullable String readResolvConfPath(InputStream in) throws IOException {
    String path = null;
    try (JsonParser json = parser(in)) {
      json.nextToken();
      expect(json, JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        path = json.currentName().equals("ResolvConfPath") ? text(json) : skip(json, path);
      }
    }
    return path;
  }

  private static @Nullable Event readEvent(JsonParser json) throws IOException {
    String action = null;
    String id = null;
    long timeNs = 0;
    Map<String, String> attributes = Map.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      switch (json.currentName()) {
        case "Action" -> action = text(json);
        case "timeNano" -> timeNs = number(json);
        case "Actor" -> {
          if (json.nextToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              switch (json.currentName()) {
                case "ID" -> id = text(json);
                case "Attributes" -> attributes = texts(json);
                default -> skip(json, null);
              }
            }
          } else {
            json.skipChildren();
          }
        }
        default -> skip(json, null);
      }
    }
    return action == null || id == null || id.isEmpty()
        ? null
        : new Event(action, id, attributes, Instant.ofEpochSecond(0, timeNs));
  }

  private static @Nullable Summary readSummary(JsonParser json, RuntimeKind kind)
      throws IOException {
    String id = null;
    String name = null;
    String image = null;
    String digest = null;
    String state = "";
    String pod = null;
    boolean sandbox = false;
    Map<String, String> labels = Map.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      switch (json.currentName()) {
        case "Id" -> id = text(json);
        case "Names" -> name = name(json);
        case "Image" -> image = text(json);
        case "ImageID" -> digest = digest(text(json));
        case "State" -> state = text(json);
        case "PodName" -> pod = text(json);
        case "IsInfra" -> sandbox = json.nextToken() == JsonToken.VALUE_TRUE;
        case "Labels" -> labels = texts(json);
        default -> skip(json, null);
      }
    }
    if (id == null || id.isEmpty()) {
      return null;
    }
    boolean running = !sandbox && ("running".equals(state) || "paused".equals(state));
    var container = new Container(kind.key(), id, name, image, digest, labels, pod(pod, name));
    return new Summary(container, running);
  }

  private static Container.@Nullable Pod pod(@Nullable String pod, @Nullable String container) {
    return pod == null || pod.isEmpty()
        ? null
        : new Container.Pod(null, pod, null, Map.of(), container, false);
  }

  /// Podman omits the algorithm.
  private static @Nullable String digest(@Nullable String text) {
    return text != null && text.length() == DIGEST_LENGTH ? "sha256:" + text : text;
  }

  /// The container's own name: Docker has `/name` among names of legacy links (`/other/alias`),
  /// Podman `name`.
  private static @Nullable String name(JsonParser json) throws IOException {
    String own = null;
    if (json.nextToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != null && json.currentToken() != JsonToken.END_ARRAY) {
        String name = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : "";
        if (own == null && name.lastIndexOf('/') <= 0 && !name.isEmpty()) {
          own = name.startsWith("/") ? name.substring(1) : name;
        }
        json.skipChildren();
      }
    }
    return own;
  }

  private static Map<String, String> texts(JsonParser json) throws IOException {
    Map<String, String> texts = new HashMap<>();
    int left = MAX_LABEL_CHARS;
    if (json.nextToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        String value = text(json);
        left -= key.length() + (value == null ? 0 : value.length());
        if (value != null && (left >= 0 || RESERVED.contains(key))) {
          texts.put(key, value);
        }
      }
    } else {
      json.skipChildren();
    }
    return texts;
  }

  private static @Nullable String text(JsonParser json) throws IOException {
    if (json.nextToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return null;
  }

  private static long number(JsonParser json) throws IOException {
    if (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      return json.getLongValue();
    }
    json.skipChildren();
    return 0;
  }

  /// Skips the next value and returns `kept`.
  private static @Nullable String skip(JsonParser json, @Nullable String kept) throws IOException {
    json.nextToken();
    json.skipChildren();
    return kept;
  }

  private static boolean isObject(JsonParser json, String name) throws IOException {
    boolean named = json.currentName().equals(name);
    return json.nextToken() == JsonToken.START_OBJECT && named;
  }

  private static JsonParser parser(InputStream in) throws IOException {
    return JSON.createParser(new StringTruncator(in, MAX_STRING_BYTES));
  }

  private static void expect(JsonParser json, JsonToken token) throws IOException {
    if (json.currentToken() != token) {
      throw new IOException("JSON has " + json.currentToken() + " in place of " + token);
    }
  }
}

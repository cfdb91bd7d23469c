package dev.jig.container.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
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
/// inspected container. Unknown parts are passed over, texts and labels are bounded, nothing is
/// trusted.
final class DockerJson {
  /// Longer strings are cut: names are shorter, and nobody reads such a label in a table.
  static final int MAX_STRING_BYTES = 4_096;

  /// Keys and values of one container together; what comes after is dropped.
  static final int MAX_LABEL_CHARS = 32_768;

  private static final Set<String> RESERVED = Set.of("name", "image", "podId");
  private static final int POD_PREFIX_LENGTH = 12;
  private static final int DIGEST_LENGTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // label keys are anybody's choice
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .build();

  /// One event of `/events`.
  ///
  /// @param attributes name, image, all labels, and what the action adds, in one namespace
  record Event(String action, String id, Map<String, String> attributes, Instant at) {

    /// The container as the event shows it. Of a label called `name` or `image` only the reserved
    /// meaning is left; the listing has it in full.
    Container container(DockerApiFlavor dialect) {
      Map<String, String> labels = new HashMap<>(attributes);
      String name = labels.remove("name");
      String image = labels.remove("image");
      labels.keySet().removeAll(dialect.nonLabels(action));
      return new Container(dialect.kind().key(), id, name, image, null, labels, null);
    }

    /// Whether it is of the container that holds a pod's namespaces, as Podman names it by itself.
    boolean isSandbox() {
      String pod = attributes.getOrDefault("podId", "");
      String name = attributes.getOrDefault("name", "");
      return pod.length() > POD_PREFIX_LENGTH && name.equals(pod.substring(0, POD_PREFIX_LENGTH) + "-infra");
    }
  }

  /// One entry of `/containers/json`.
  ///
  /// @param running never true of a sandbox
  record Summary(Container container, boolean running) {}

  private DockerJson() {}

  /// Hands on each event as it comes; returns when the stream ends.
  static void readEvents(InputStream in, Consumer<Event> to) throws IOException {
    try (JsonParser json = parser(in)) {
      while (json.nextToken() != null) {
        expect(json, JsonToken.START_OBJECT);
        Event event = readEvent(json);
        if (event != null) {
          to.accept(event);
        }
      }
    }
  }

  static List<Summary> readList(InputStream in, DockerApiFlavor dialect) throws IOException {
    List<Summary> listed = new ArrayList<>();
    try (JsonParser json = parser(in)) {
      json.nextToken();
      expect(json, JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Summary one = readSummary(json, dialect);
        if (one != null) {
          listed.add(one);
        }
      }
      expect(json, JsonToken.END_ARRAY);
    }
    return listed;
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

  private static @Nullable Summary readSummary(JsonParser json, DockerApiFlavor dialect) throws IOException {
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
    var container =
        new Container(dialect.kind().key(), id, name, image, digest, labels, pod(pod, name));
    return new Summary(container, running);
  }

  private static Container.@Nullable Pod pod(@Nullable String pod, @Nullable String container) {
    return pod == null || pod.isEmpty()
        ? null
        : new Container.Pod(null, pod, null, Map.of(), container, false);
  }

  /// Podman leaves the algorithm away.
  private static @Nullable String digest(@Nullable String text) {
    return text != null && text.length() == DIGEST_LENGTH ? "sha256:" + text : text;
  }

  /// Of Docker's `/name` and the names legacy links give (`/other/alias`), the container's own;
  /// Podman's have no slash.
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

  /// Passes over the next value; `kept` makes it usable in an expression.
  private static @Nullable String skip(JsonParser json, @Nullable String kept)
      throws IOException {
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
      throw new IOException("JSON has " + json.currentToken() + " where " + token + " belongs");
    }
  }
}

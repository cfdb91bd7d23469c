package dev.jig.agent.endpoints;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.jig.event.IpAddress;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The parts of an API object that are used here: of a pod, a service, a list's head or a Status.
///
/// @param version `metadata.resourceVersion`
/// @param createdNs `metadata.creationTimestamp`, nanoseconds since the epoch; 0: absent
/// @param addresses without those of pods on their node's network; headless services have none
/// @param code HTTP status of a Status, else 0
record ApiObject(
    String namespace,
    String name,
    String version,
    long createdNs,
    List<IpAddress> addresses,
    int code,
    String message) {
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

  /// A change of a watch.
  ///
  /// @param type ADDED, MODIFIED, DELETED, BOOKMARK or ERROR
  record Change(String type, ApiObject object) {}

  /// Receives what is parsed.
  @FunctionalInterface
  interface ChangeHandler<T> {
    void onChange(T it) throws IOException;
  }

  /// Parses one object.
  static ApiObject parse(InputStream from) throws IOException {
    return parseList(from, _ -> {});
  }

  /// Parses a list, passing on each item as it is read: only one is in memory at a time.
  ///
  /// @return the list's head
  static ApiObject parseList(InputStream from, Consumer<ApiObject> items) throws IOException {
    try (JsonParser json = JSON.createParser(from)) {
      json.nextToken();
      return new Parser(json, items).parse();
    }
  }

  /// Parses changes until the end of the stream.
  static void parseChanges(InputStream from, ChangeHandler<Change> changes) throws IOException {
    try (JsonParser json = JSON.createParser(from)) {
      while (json.nextToken() != null) {
        changes.onChange(parseChange(json));
      }
    }
  }

  private static Change parseChange(JsonParser json) throws IOException {
    String type = "";
    ApiObject object = null;
    for (String field = firstField(json); field != null; field = json.nextFieldName()) {
      json.nextToken();
      switch (field) {
        case "type" -> type = json.getText();
        case "object" -> object = new Parser(json, _ -> {}).parse();
        default -> json.skipChildren();
      }
    }
    if (object == null) {
      throw new IOException("a change of type \"" + type + "\" without object");
    }
    return new Change(type, object);
  }

  /// Enters the object at the current token and returns its first field's name; null: empty.
  private static @Nullable String firstField(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == null) {
      throw new EOFException("the response ended early");
    }
    if (token != JsonToken.START_OBJECT) {
      throw new IOException("expected an object, found " + json.getText());
    }
    return json.nextFieldName();
  }

  /// Parses one object.
  private static final class Parser {
    private final JsonParser json;
    private final Consumer<ApiObject> items;
    private final List<IpAddress> addresses = new ArrayList<>();
    private String namespace = "";
    private String name = "";
    private String version = "";
    private String message = "";
    private long createdNs;
    private int code;
    private boolean hostNetwork;

    Parser(JsonParser json, Consumer<ApiObject> items) {
      this.json = json;
      this.items = items;
    }

    ApiObject parse() throws IOException {
      for (String field = firstField(json); field != null; field = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        switch (field) {
          case "metadata" -> parseMetadata();
          case "spec", "status" -> {
            if (value == JsonToken.START_OBJECT) { // a Status has a string here
              parseSpecOrStatus();
            }
          }
          case "items" -> parseItems();
          case "message" -> message = json.getText();
          case "code" -> code = json.getIntValue();
          default -> json.skipChildren();
        }
      }
      return new ApiObject(
          namespace,
          name,
          version,
          createdNs,
          hostNetwork ? List.of() : List.copyOf(addresses),
          code,
          message);
    }

    private void parseItems() throws IOException {
      if (json.currentToken() == JsonToken.START_ARRAY) { // null: no items
        while (json.nextToken() == JsonToken.START_OBJECT) {
          items.accept(new Parser(json, _ -> {}).parse());
        }
      }
    }

    private void parseMetadata() throws IOException {
      for (String field = firstField(json); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "namespace" ->
              namespace = json.getText().intern(); // few distinct values in many objects
          case "name" -> name = json.getText();
          case "resourceVersion" -> version = json.getText();
          case "creationTimestamp" -> createdNs = parseTimeNs();
          default -> json.skipChildren();
        }
      }
    }

    private void parseSpecOrStatus() throws IOException {
      for (String field = firstField(json); field != null; field = json.nextFieldName()) {
        json.nextToken();
        switch (field) {
          case "hostNetwork" -> hostNetwork = json.getBooleanValue();
          case "podIP", "clusterIP" -> parseAddress();
          case "podIPs", "clusterIPs" -> parseAddresses();
          default -> json.skipChildren();
        }
      }
    }

    /// An array of strings, or of objects with an `ip`.
    private void parseAddresses() throws IOException {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() == JsonToken.START_OBJECT) {
          for (String field = firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            if (field.equals("ip")) {
              parseAddress();
            } else {
              json.skipChildren();
            }
          }
        } else {
          parseAddress();
        }
      }
    }

    /// A string; `None` (a headless service) and empty: no address.
    private void parseAddress() throws IOException {
      String text = json.getText();
      if (text == null || text.isEmpty() || text.equals("None")) {
        return;
      }
      byte[] bytes;
      try {
        bytes = InetAddress.ofLiteral(text).getAddress();
      } catch (IllegalArgumentException e) {
        return; // not an IP address literal
      }
      IpAddress address = IpAddress.of(bytes, 0, bytes.length);
      if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }

    private long parseTimeNs() throws IOException {
      String text = json.getText();
      try {
        return TimeUnit.SECONDS.toNanos(Instant.parse(text).getEpochSecond());
      } catch (DateTimeException e) {
        return 0;
      }
    }
  }
}

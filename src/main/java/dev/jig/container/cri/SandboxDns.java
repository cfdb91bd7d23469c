package dev.jig.container.cri;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jig.container.cri.api.CriContainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The resolver settings of a pod, which containerd reports with a verbose status of its sandbox:
/// `config.dns_config`. CRI-O does not.
final class SandboxDns {
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private SandboxDns() {}

  /// The lines of a container's resolv.conf; none if the runtime does not say.
  static CompletableFuture<List<String>> resolvConf(CriApi api, String containerId) {
    return api.containers(containerId)
        .thenCompose(found -> {
          for (CriContainer container : found) {
            if (container.getId().equals(containerId)) {
              return api.sandboxInfo(container.getPodSandboxId());
            }
          }
          return CompletableFuture.completedFuture("");
        })
        .thenApply(SandboxDns::lines)
        .exceptionally(_ -> List.of());
  }

  /// @param info JSON such as `{"config":{"dns_config":{"searches":["a"],"options":["ndots:5"]}}}`
  static List<String> lines(String info) {
    List<String> lines = new ArrayList<>();
    try (JsonParser json = JSON.createParser(info)) {
      if (json.nextToken() == JsonToken.START_OBJECT
          && enter(json, "config")
          && enter(json, "dns_config")) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          addLine(lines, json);
        }
      }
    } catch (IOException e) {
      return List.of(); // not JSON
    }
    return lines;
  }

  /// Moves into a member that is an object; returns whether there is one.
  private static boolean enter(JsonParser json, String name) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isNamed = json.currentName().equals(name);
      if (json.nextToken() == JsonToken.START_OBJECT && isNamed) {
        return true;
      }
      json.skipChildren();
    }
    return false;
  }

  private static void addLine(List<String> lines, JsonParser json) throws IOException {
    String keyword =
        switch (json.currentName()) {
          case "searches" -> "search";
          case "options" -> "options";
          default -> "";
        };
    if (json.nextToken() != JsonToken.START_ARRAY || keyword.isEmpty()) {
      json.skipChildren();
      return;
    }
    StringBuilder line = new StringBuilder(keyword);
    while (json.nextToken() != null && json.currentToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        line.append(' ').append(json.getText());
      }
      json.skipChildren();
    }
    lines.add(line.toString());
  }
}

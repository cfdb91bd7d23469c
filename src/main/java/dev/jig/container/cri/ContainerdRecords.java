package dev.jig.container.cri;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jig.container.CgroupPath;
import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.containerd.PlainContainer;
import dev.jig.container.cri.containerd.PlainImage;
import dev.jig.event.Container;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What containerd's own records of containers tell, for containers that Kubernetes knows nothing
/// of and, until CRI is asked, for those it does.
final class ContainerdRecords {
  private static final String CRI_KIND = "io.cri-containerd.kind";
  private static final String NERDCTL_NAME = "nerdctl/name";
  private static final JsonFactory JSON = new JsonFactory();

  /// Who made a container.
  enum Kind {
    POD_CONTAINER,
    SANDBOX,
    PLAIN
  }

  private ContainerdRecords() {}

  static Kind kind(PlainContainer container) {
    return switch (container.getLabelsMap().getOrDefault(CRI_KIND, "")) {
      case "sandbox" -> Kind.SANDBOX;
      case "container" -> Kind.POD_CONTAINER;
      default -> Kind.PLAIN;
    };
  }

  /// A pod's container has the name it has there, nerdctl's its name, any other its id, by which
  /// `ctr` knows it; a sandbox has none.
  ///
  /// @param image what the container's image is called by now, null if unknown
  static Container describe(PlainContainer container, @Nullable PlainImage image) {
    Map<String, String> labels = container.getLabelsMap();
    String name =
        switch (kind(container)) {
          case SANDBOX -> null;
          case POD_CONTAINER -> labels.get(CriInspector.CONTAINER_NAME);
          case PLAIN -> labels.getOrDefault(NERDCTL_NAME, container.getId());
        };
    return new Container(
        RuntimeKind.CONTAINERD.key(),
        container.getId(),
        name,
        name == null ? null : CriInspector.emptyToNull(container.getImage()),
        image == null ? null : digest(container, image),
        name == null ? Map.of() : labels,
        CriInspector.pod(labels, name));
  }

  /// Unless the name has moved on to another image since.
  private static @Nullable String digest(PlainContainer container, PlainImage image) {
    boolean moved = image.getUpdatedAt().getSeconds() > container.getCreatedAt().getSeconds();
    return moved ? null : CriInspector.emptyToNull(image.getTarget().getDigest());
  }

  /// The cgroup of a container whose id a path does not show, as its specification asks for it;
  /// null if it can be told from the path, or not at all.
  static @Nullable String customCgroup(PlainContainer container) {
    if (!CgroupPath.parse("/" + container.getId()).containers().isEmpty()) {
      return null;
    }
    try (InputStream spec = container.getSpec().getValue().newInput()) {
      return specCgroup(spec);
    } catch (IOException e) {
      return null; // not of runc's kind
    }
  }

  /// `linux.cgroupsPath` of an OCI runtime specification, as a path below the hierarchy's root.
  static @Nullable String specCgroup(InputStream spec) throws IOException {
    try (JsonParser json = JSON.createParser(spec)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("linux") && json.currentToken() == JsonToken.START_OBJECT) {
          return cgroupsPath(json);
        }
        json.skipChildren();
      }
      return null;
    }
  }

  private static @Nullable String cgroupsPath(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("cgroupsPath")) {
        return path(json.getValueAsString(""));
      }
      json.skipChildren();
    }
    return null;
  }

  /// A path, or systemd's `slice:prefix:name` (runc, docs/systemd.md).
  private static @Nullable String path(String asked) {
    String[] parts = asked.split(":", -1);
    if (parts.length == 3) {
      return slice(parts[0]) + "/" + parts[1] + "-" + parts[2] + ".scope";
    }
    return asked.startsWith("/") && asked.length() > 1 ? asked : null;
  }

  /// systemd keeps `a-b.slice` in `a.slice/a-b.slice`.
  private static String slice(String name) {
    String bare = name.isEmpty() ? "system" : name.replaceFirst("\\.slice$", "");
    StringBuilder path = new StringBuilder();
    for (int dash = bare.indexOf('-'); dash > 0; dash = bare.indexOf('-', dash + 1)) {
      path.append('/').append(bare, 0, dash).append(".slice");
    }
    return path.append('/').append(bare).append(".slice").toString();
  }
}

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

/// Converts containerd's records of containers. Plain containers are those that are not of
/// Kubernetes; those of Kubernetes are converted until CRI has inspected them.
final class ContainerdRecords {
  private static final String CRI_KIND = "io.cri-containerd.kind";
  private static final String NERDCTL_NAME = "nerdctl/name";
  private static final JsonFactory JSON = new JsonFactory();

  /// What a container is, by the label that containerd's CRI plugin sets.
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

  /// A record as a container. Its name is the one in its pod, nerdctl's name, or else the id, which
  /// `ctr` uses as a name; a sandbox has none.
  ///
  /// @param image the current image of the container's image name, null if unknown
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

  /// The image's digest; null if the name was moved to another image since the container's
  /// creation.
  private static @Nullable String digest(PlainContainer container, PlainImage image) {
    boolean moved = image.getUpdatedAt().getSeconds() > container.getCreatedAt().getSeconds();
    return moved ? null : CriInspector.emptyToNull(image.getTarget().getDigest());
  }

  /// The cgroup in the specification of a container with an id that [CgroupPath] does not
  /// recognize; null if it recognizes the id, or if there is none.
  static @Nullable String customCgroup(PlainContainer container) {
    if (!CgroupPath.parse("/" + container.getId()).containers().isEmpty()) {
      return null;
    }
    try (InputStream spec = container.getSpec().getValue().newInput()) {
      return specCgroup(spec);
    } catch (IOException e) {
      return null; // the specification is not OCI's
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

  /// Resolves `slice:prefix:name` (runc, docs/systemd.md) to a path; null if it is neither.
  private static @Nullable String path(String cgroupsPath) {
    String[] parts = cgroupsPath.split(":", -1);
    if (parts.length == 3) {
      return slice(parts[0]) + "/" + parts[1] + "-" + parts[2] + ".scope";
    }
    return cgroupsPath.startsWith("/") && cgroupsPath.length() > 1 ? cgroupsPath : null;
  }

  /// The path of a slice: systemd puts `a-b.slice` into `a.slice`.
  private static String slice(String name) {
    String base = name.isEmpty() ? "system" : name.replaceFirst("\\.slice$", "");
    StringBuilder path = new StringBuilder();
    for (int dash = base.indexOf('-'); dash > 0; dash = base.indexOf('-', dash + 1)) {
      path.append('/').append(base, 0, dash).append(".slice");
    }
    return path.append('/').append(base).append(".slice").toString();
  }
}

package dev.jig.event;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A container as far as it is known: the id comes from the cgroup path, the rest from the runtime.
/// Texts are raw; outputs escape them.
///
/// @param runtime `docker`, `containerd`, `cri-o`, `podman`, or null if the path does not name it
/// @param id the full id, usually 64 hex digits
/// @param name the runtime's name for it
/// @param image the image reference as the user gave it
/// @param imageDigest `sha256:…`
/// @param pod the Kubernetes pod it belongs to
public record Container(
    @Nullable String runtime,
    String id,
    @Nullable String name,
    @Nullable String image,
    @Nullable String imageDigest,
    Map<String, String> labels,
    @Nullable Pod pod) {

  public Container {
    labels = Map.copyOf(labels);
  }

  /// A container of which only the cgroup path is known.
  public static Container unnamed(@Nullable String runtime, String id) {
    return new Container(runtime, id, null, null, null, Map.of(), null);
  }

  /// A pod, as its sandbox describes it.
  ///
  /// @param labels null until the runtime has reported them, which may be after the container
  ///   itself
  /// @param containerName the name of this container within the pod
  public record Pod(
      @Nullable String namespace,
      @Nullable String name,
      @Nullable String uid,
      @Nullable Map<String, String> labels,
      @Nullable String containerName,
      boolean hostNetwork) {

    public Pod {
      labels = labels == null ? null : Map.copyOf(labels);
    }
  }
}

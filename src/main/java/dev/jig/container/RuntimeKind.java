package dev.jig.container;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The supported container runtimes, in the order in which they are queried: if two claim an id,
/// the earlier one counts.
///
/// To add one: a constant here, a client for it (a `DockerApiFlavor`, a factory method of
/// `GrpcRuntime`, or an implementation of [ContainerRuntime]) and its line in `RuntimeOptions`.
public enum RuntimeKind {
  DOCKER("docker", "Docker", "docker", "/run/docker.sock", Set.of("docker")),
  CONTAINERD(
      "containerd",
      "containerd",
      "containerd",
      "/run/containerd/containerd.sock",
      Set.of("cri-containerd", "nerdctl")),
  CRIO("cri-o", "CRI-O", "crio", "/run/crio/crio.sock", Set.of("crio")),
  PODMAN(
      "podman", "Podman", "podman", "/run/podman/podman.sock", Set.of("libpod", "libpod-payload"));

  private final String key;
  private final String title;
  private final String option;
  private final Path socket;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> cgroupPrefixes;

  RuntimeKind(String key, String title, String option, String socket, Set<String> cgroupPrefixes) {
    this.key = key;
    this.title = title;
    this.option = option;
    this.socket = Path.of(socket);
    this.cgroupPrefixes = cgroupPrefixes;
  }

  /// As `--runtimes` and [dev.jig.event.Container#runtime] write it, such as `cri-o`.
  public String key() {
    return key;
  }

  /// As messages write it, such as `CRI-O`.
  public String title() {
    return title;
  }

  /// The flag that names another socket, such as `--crio-socketpath`.
  public String socketFlag() {
    return "--" + option + "-socketpath";
  }

  /// Its socket unless configured otherwise.
  public Path socket() {
    return socket;
  }

  /// The runtime that puts `prefix` before the id in a cgroup's name, such as `crio`; null: none.
  static @Nullable RuntimeKind ofCgroupPrefix(String prefix) {
    for (RuntimeKind kind : values()) {
      if (kind.cgroupPrefixes.contains(prefix)) {
        return kind;
      }
    }
    return null;
  }
}

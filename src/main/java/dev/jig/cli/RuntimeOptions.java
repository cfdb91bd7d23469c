package dev.jig.cli;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.DockerEngine;
import dev.jig.event.NearNames;
import dev.jig.event.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which container runtimes to ask for names, and where.
final class RuntimeOptions {
  private static final List<String> KNOWN = List.of("docker", "containerd", "cri-o", "podman");
  private static final String DOCKER = "docker";
  private static final Path DOCKER_SOCKET = Path.of("/run/docker.sock");

  /// A runtime to be asked.
  ///
  /// @param named whether the user named it or its socket
  record Asked(ContainerRuntime runtime, Path socket, boolean named) {}

  @Option(
      names = {"-r", "--runtimes"},
      order = 30,
      paramLabel = "LIST",
      description = "Runtimes to ask for names (default: docker,containerd,cri-o,podman).")
  @Nullable String runtimes;

  @Option(
      names = "--docker-socketpath",
      order = 31,
      paramLabel = "PATH",
      description = "Docker's socket (default: /run/docker.sock).")
  @Nullable Path dockerSocket;

  @Option(
      names = "--containerd-socketpath",
      order = 32,
      paramLabel = "PATH",
      description = "containerd's socket (not asked by this version).")
  @Nullable Path containerdSocket;

  @Option(
      names = "--crio-socketpath",
      order = 33,
      paramLabel = "PATH",
      description = "CRI-O's socket (not asked by this version).")
  @Nullable Path crioSocket;

  @Option(
      names = "--podman-socketpath",
      order = 34,
      paramLabel = "PATH",
      description = "Podman's socket (not asked by this version).")
  @Nullable Path podmanSocket;

  @Option(
      names = "--containerd-namespace",
      order = 35,
      paramLabel = "LIST",
      description = "containerd's namespaces (not asked by this version).")
  @Nullable String containerdNamespace;

  /// The runtimes to ask; says which of those the user named can't be asked yet.
  ///
  /// @throws UsageException for a runtime that is none
  List<Asked> open() {
    Set<String> wanted = names();
    sayUnsupported(wanted);
    List<Asked> opened = new ArrayList<>();
    if (wanted.contains(DOCKER)) {
      boolean named = runtimes != null || dockerSocket != null;
      Path socket = dockerSocket == null ? DOCKER_SOCKET : dockerSocket;
      opened.add(new Asked(new DockerEngine(socket, named), socket, named));
    }
    return opened;
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (String name : (runtimes == null ? DOCKER : runtimes).split(",", -1)) {
      String trimmed = name.strip();
      if (!KNOWN.contains(trimmed)) {
        List<String> near = NearNames.of(trimmed, KNOWN);
        throw new UsageException(
            "\"" + trimmed + "\" is no container runtime.",
            near.isEmpty()
                ? "The runtimes are docker, containerd, cri-o and podman."
                : "Did you mean " + String.join(" or ", near) + "?");
      }
      names.add(trimmed);
    }
    return names;
  }

  private void sayUnsupported(Set<String> wanted) {
    Set<String> asked = new TreeSet<>(wanted);
    asked.remove(DOCKER);
    if (containerdSocket != null || containerdNamespace != null) {
      asked.add("containerd");
    }
    if (crioSocket != null) {
      asked.add("cri-o");
    }
    if (podmanSocket != null) {
      asked.add("podman");
    }
    if (!asked.isEmpty()) {
      Console.say(
          "this version asks only Docker for names: containers of "
              + String.join(", ", asked)
              + " are shown by their id.");
    }
  }
}

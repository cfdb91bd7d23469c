package dev.jig.cli;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.DockerEngine;
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
  private static final Set<String> KNOWN = Set.of("docker", "containerd", "cri-o", "podman");
  private static final String DOCKER = "docker";
  private static final Path DOCKER_SOCKET = Path.of("/run/docker.sock");

  @Option(
      names = {"-r", "--runtimes"},
      paramLabel = "LIST",
      description = "Runtimes to ask for names (default: docker,containerd,cri-o,podman).")
  @Nullable String runtimes;

  @Option(names = "--docker-socketpath", paramLabel = "PATH", description = "Docker's socket.")
  @Nullable Path dockerSocket;

  @Option(
      names = "--containerd-socketpath",
      paramLabel = "PATH",
      description = "containerd's socket.")
  @Nullable Path containerdSocket;

  @Option(names = "--crio-socketpath", paramLabel = "PATH", description = "CRI-O's socket.")
  @Nullable Path crioSocket;

  @Option(names = "--podman-socketpath", paramLabel = "PATH", description = "Podman's socket.")
  @Nullable Path podmanSocket;

  @Option(
      names = "--containerd-namespace",
      paramLabel = "LIST",
      description = "containerd's namespaces.")
  @Nullable String containerdNamespace;

  /// The runtimes to follow; says which of those asked for can't be yet.
  List<ContainerRuntime> open() {
    Set<String> wanted = names();
    sayUnsupported(wanted);
    List<ContainerRuntime> opened = new ArrayList<>();
    if (wanted.contains(DOCKER)) {
      boolean named = runtimes != null || dockerSocket != null;
      opened.add(new DockerEngine(dockerSocket == null ? DOCKER_SOCKET : dockerSocket, named));
    }
    return opened;
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (String name : (runtimes == null ? DOCKER : runtimes).split(",", -1)) {
      String trimmed = name.strip();
      if (!KNOWN.contains(trimmed)) {
        throw new UsageException(
            "\"" + trimmed + "\" is no container runtime.",
            "The runtimes are docker, containerd, cri-o and podman.");
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

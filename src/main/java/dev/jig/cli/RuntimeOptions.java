package dev.jig.cli;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.RuntimeKind;
import dev.jig.container.cri.ContainerdNamespaces;
import dev.jig.container.cri.GrpcRuntime;
import dev.jig.container.docker.DockerApiFlavor;
import dev.jig.container.docker.DockerApiRuntime;
import dev.jig.event.UserFacingException;
import dev.jig.fields.NearNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags that select the container runtimes to get names from, and their sockets. A new runtime is
/// an entry in [#supported] and a flag for its socket.
final class RuntimeOptions {
  /// A runtime this version supports.
  ///
  /// @param defaultSockets its sockets without a flag
  /// @param socketOverride the value of its socket flag; null: not given
  private record SupportedRuntime(
      RuntimeKind kind,
      List<Path> defaultSockets,
      @Nullable Path socketOverride,
      Factory factory) {}

  private interface Factory {
    /// @param requested whether the user named the runtime or its socket: if it is missing, that is
    ///   a warning
    ContainerRuntime create(Path socket, boolean requested);
  }

  /// A runtime to get names from.
  ///
  /// @param requested whether the user named it or its socket
  record SelectedRuntime(ContainerRuntime runtime, Path socket, boolean requested) {
    /// Whether it should answer: the user named it, or its socket exists.
    boolean isExpected() {
      return requested || Files.exists(socket);
    }

    /// A line for the user: the runtime does not answer, and what to do.
    String unavailableMessage() {
      boolean denied = Files.exists(socket) && !Files.isWritable(socket);
      String hint =
          denied
              ? "permission denied, run as root or as a member of the socket's group."
              : "is it running? " + runtime.kind().socketFlag() + " sets another socket.";
      return runtime.kind().title() + " does not answer at " + socket + ": " + hint;
    }
  }

  @Option(
      names = {"-r", "--runtimes"},
      order = 30,
      paramLabel = "LIST",
      description =
          "Container runtimes to get names from (default: docker,containerd,cri-o,podman).")
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
      description = "containerd's socket (default: /run/containerd/containerd.sock).")
  @Nullable Path containerdSocket;

  @Option(
      names = "--crio-socketpath",
      order = 33,
      paramLabel = "PATH",
      description = "CRI-O's socket (default: /run/crio/crio.sock).")
  @Nullable Path crioSocket;

  @Option(
      names = "--podman-socketpath",
      order = 34,
      paramLabel = "PATH",
      description =
          "Podman's socket (default: /run/podman/podman.sock, and users' in"
              + " /run/user/*/podman/podman.sock).")
  @Nullable Path podmanSocket;

  @Option(
      names = "--containerd-namespace",
      order = 35,
      paramLabel = "LIST",
      description = "containerd's namespaces; *: all (default: k8s.io).")
  @Nullable String containerdNamespace;

  private List<SupportedRuntime> supported() {
    return List.of(
        supported(
            RuntimeKind.DOCKER,
            dockerSocket,
            (socket, requested) -> new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, requested)),
        supported(RuntimeKind.CONTAINERD, containerdSocket, this::containerd),
        supported(
            RuntimeKind.CRIO,
            crioSocket,
            (socket, requested) -> GrpcRuntime.cri(RuntimeKind.CRIO, socket, requested)),
        new SupportedRuntime(
            RuntimeKind.PODMAN,
            PodmanSockets.defaults(),
            podmanSocket,
            (socket, requested) ->
                new DockerApiRuntime(DockerApiFlavor.PODMAN, socket, requested)));
  }

  private static SupportedRuntime supported(
      RuntimeKind kind, @Nullable Path socketOverride, Factory factory) {
    return new SupportedRuntime(kind, List.of(kind.socket()), socketOverride, factory);
  }

  private ContainerRuntime containerd(Path socket, boolean requested) {
    ContainerdNamespaces namespaces =
        containerdNamespace == null
            ? ContainerdNamespaces.KUBERNETES
            : ContainerdNamespaces.parse(containerdNamespace);
    return GrpcRuntime.containerd(socket, requested || containerdNamespace != null, namespaces);
  }

  /// Creates the selected runtimes. Warns about a socket flag of a runtime that is not selected.
  ///
  /// @throws UserFacingException for an unknown name
  List<SelectedRuntime> select() {
    List<SupportedRuntime> supported = supported();
    Set<String> names = selectedNames(supported.stream().map(each -> each.kind().key()).toList());
    List<SelectedRuntime> selected = new ArrayList<>();
    for (SupportedRuntime each : supported) {
      if (names.contains(each.kind().key())) {
        selected.addAll(create(each));
      } else {
        warnSocketUnused(each);
      }
    }
    return selected.stream().filter(each -> !isLinkToAnother(each, selected)).toList();
  }

  /// Whether its socket is a link to that of another: where Podman replaces Docker, Docker's socket
  /// is a link to Podman's.
  private static boolean isLinkToAnother(SelectedRuntime selected, List<SelectedRuntime> all) {
    try {
      Path real = selected.socket().toRealPath();
      return !real.equals(selected.socket())
          && all.stream().anyMatch(other -> other.socket().equals(real));
    } catch (IOException e) {
      return false; // absent
    }
  }

  /// Creates a client for each socket of a runtime; only the first one counts as requested.
  private List<SelectedRuntime> create(SupportedRuntime runtime) {
    boolean requested = runtimes != null || runtime.socketOverride() != null;
    List<Path> sockets =
        runtime.socketOverride() == null
            ? runtime.defaultSockets()
            : List.of(runtime.socketOverride());
    List<SelectedRuntime> created = new ArrayList<>();
    for (Path socket : sockets) {
      boolean first = requested && created.isEmpty();
      created.add(new SelectedRuntime(runtime.factory().create(socket, first), socket, first));
    }
    return created;
  }

  private static void warnSocketUnused(SupportedRuntime runtime) {
    if (runtime.socketOverride() != null) {
      Console.print(
          runtime.kind().socketFlag()
              + " has no effect: --runtimes does not contain "
              + runtime.kind().key()
              + ".");
    }
  }

  private Set<String> selectedNames(List<String> supported) {
    if (runtimes == null) {
      return Set.copyOf(supported);
    }
    Set<String> selected = new LinkedHashSet<>();
    for (String part : runtimes.split(",", -1)) {
      String name = part.strip();
      if (!supported.contains(name)) {
        throw UserFacingException.usage(
            "\"" + name + "\" is not a container runtime.",
            NearNames.hint(
                name, supported, "The runtimes are docker, containerd, cri-o and podman."));
      }
      selected.add(name);
    }
    return selected;
  }
}

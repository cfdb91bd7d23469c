package dev.jig.cli;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.cri.ContainerdNamespaces;
import dev.jig.container.cri.GrpcRuntime;
import dev.jig.container.docker.DockerApiFlavor;
import dev.jig.container.docker.DockerApiRuntime;
import dev.jig.event.UsageException;
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

/// Which container runtimes to ask for names, and where. A new one is an entry in [#supported] and the
/// option of its socket.
final class RuntimeOptions {
  /// A runtime that can be asked.
  ///
  /// @param name as `--runtimes` has it
  /// @param socketFlag names another socket
  /// @param defaultSockets its sockets if the flag names none
  /// @param socketOverride what the flag says
  /// @param factory null while this version can't ask it
  private record SupportedRuntime(
      String name,
      String socketFlag,
      List<Path> defaultSockets,
      @Nullable Path socketOverride,
      @Nullable Factory factory) {}

  private interface Factory {
    /// @param requested whether the user named the runtime or its socket, and so wants to hear if it is
    ///   missing
    ContainerRuntime create(Path socket, boolean named);
  }

  /// A runtime to be asked.
  ///
  /// @param socketFlag names another socket
  /// @param requested whether the user named it or its socket
  record SelectedRuntime(ContainerRuntime runtime, Path socket, String socketFlag, boolean requested) {
    /// Whether its silence is worth a word: the user named it, or something is there.
    boolean isExpected() {
      return requested || Files.exists(socket);
    }

    /// Why it does not answer, as far as can be seen, and what to do.
    String unavailableMessage() {
      boolean denied = Files.exists(socket) && !Files.isWritable(socket);
      String hint =
          denied
              ? "permission denied, run as root or as a member of the socket's group."
              : "is it running? Another socket is named by " + socketFlag + ".";
      return runtime.title() + " does not answer at " + socket + ": " + hint;
    }
  }

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
      description = "containerd's namespaces, * for all (default: k8s.io).")
  @Nullable String containerdNamespace;

  private List<SupportedRuntime> supported() {
    return List.of(
        new SupportedRuntime(
            "docker",
            "--docker-socketpath",
            List.of(Path.of("/run/docker.sock")),
            dockerSocket,
            (socket, named) -> new DockerApiRuntime(DockerApiFlavor.DOCKER, socket, named)),
        new SupportedRuntime(
            "containerd",
            "--containerd-socketpath",
            List.of(Path.of("/run/containerd/containerd.sock")),
            containerdSocket,
            this::containerd),
        new SupportedRuntime(
            "cri-o",
            "--crio-socketpath",
            List.of(Path.of("/run/crio/crio.sock")),
            crioSocket,
            GrpcRuntime::crio),
        new SupportedRuntime(
            "podman",
            "--podman-socketpath",
            PodmanSockets.defaults(),
            podmanSocket,
            (socket, named) -> new DockerApiRuntime(DockerApiFlavor.PODMAN, socket, named)));
  }

  private ContainerRuntime containerd(Path socket, boolean named) {
    ContainerdNamespaces namespaces =
        containerdNamespace == null
            ? ContainerdNamespaces.KUBERNETES
            : ContainerdNamespaces.parse(containerdNamespace);
    return GrpcRuntime.containerd(socket, named || containerdNamespace != null, namespaces);
  }

  /// The runtimes to ask; says which of those the user named can't be asked yet.
  ///
  /// @throws UsageException for a runtime that is none
  List<SelectedRuntime> select() {
    List<SupportedRuntime> known = supported();
    Set<String> wanted = selectedNames(known.stream().map(SupportedRuntime::name).toList());
    List<SelectedRuntime> opened = new ArrayList<>();
    for (SupportedRuntime each : known) {
      boolean named = runtimes != null || each.socketOverride() != null;
      if (!wanted.contains(each.name())) {
        warnSocketUnused(each);
      } else if (each.factory() != null) {
        opened.addAll(create(each, each.factory(), named));
      } else if (named) {
        Console.print(
            "this version can't ask " + each.name() + ": its containers are shown by their id.");
      }
    }
    return opened.stream().filter(each -> !isLinkToAnother(each, opened)).toList();
  }

  /// Where Podman stands in for Docker, Docker's socket is a link to Podman's.
  private static boolean isLinkToAnother(SelectedRuntime asked, List<SelectedRuntime> all) {
    try {
      Path real = asked.socket().toRealPath();
      return !real.equals(asked.socket())
          && all.stream().anyMatch(other -> other.socket().equals(real));
    } catch (IOException e) {
      return false; // absent
    }
  }

  /// Of several usual sockets, the first is the one to miss.
  private static List<SelectedRuntime> create(SupportedRuntime known, Factory factory, boolean named) {
    List<Path> sockets = known.socketOverride() == null ? known.defaultSockets() : List.of(known.socketOverride());
    List<SelectedRuntime> asked = new ArrayList<>();
    for (Path socket : sockets) {
      boolean missed = named && asked.isEmpty();
      asked.add(new SelectedRuntime(factory.create(socket, missed), socket, known.socketFlag(), missed));
    }
    return asked;
  }

  private static void warnSocketUnused(SupportedRuntime known) {
    if (known.socketOverride() != null) {
      Console.print(
          known.socketFlag() + " changes nothing: --runtimes does not hold " + known.name() + ".");
    }
  }

  private Set<String> selectedNames(List<String> known) {
    if (runtimes == null) {
      return Set.copyOf(known);
    }
    Set<String> wanted = new LinkedHashSet<>();
    for (String part : runtimes.split(",", -1)) {
      String name = part.strip();
      if (!known.contains(name)) {
        List<String> near = NearNames.of(name, known);
        throw new UsageException(
            "\"" + name + "\" is no container runtime.",
            near.isEmpty()
                ? "The runtimes are docker, containerd, cri-o and podman."
                : "Did you mean " + String.join(" or ", near) + "?");
      }
      wanted.add(name);
    }
    return wanted;
  }
}

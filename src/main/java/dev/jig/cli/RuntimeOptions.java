package dev.jig.cli;

import dev.jig.container.ContainerRuntime;
import dev.jig.container.cri.ContainerdNamespaces;
import dev.jig.container.cri.GrpcEngine;
import dev.jig.container.docker.RestDialect;
import dev.jig.container.docker.RestEngine;
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

/// Which container runtimes to ask for names, and where. A new one is an entry in [#known] and the
/// option of its socket.
final class RuntimeOptions {
  /// A runtime that can be asked.
  ///
  /// @param name as `--runtimes` has it
  /// @param flag names another socket
  /// @param usual its sockets if the flag names none
  /// @param flagged what the flag says
  /// @param factory null while this version can't ask it
  private record Known(
      String name,
      String flag,
      List<Path> usual,
      @Nullable Path flagged,
      @Nullable Factory factory) {}

  private interface Factory {
    /// @param named whether the user named the runtime or its socket, and so wants to hear if it is
    ///   missing
    ContainerRuntime at(Path socket, boolean named);
  }

  /// A runtime to be asked.
  ///
  /// @param flag names another socket
  /// @param named whether the user named it or its socket
  record Asked(ContainerRuntime runtime, Path socket, String flag, boolean named) {
    /// Whether its silence is worth a word: the user named it, or something is there.
    boolean isMissed() {
      return named || Files.exists(socket);
    }

    /// Why it does not answer, as far as can be seen, and what to do.
    String refusal() {
      boolean denied = Files.exists(socket) && !Files.isWritable(socket);
      String hint =
          denied
              ? "permission denied, run as root or as a member of the socket's group."
              : "is it running? Another socket is named by " + flag + ".";
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

  private List<Known> known() {
    return List.of(
        new Known(
            "docker",
            "--docker-socketpath",
            List.of(Path.of("/run/docker.sock")),
            dockerSocket,
            (socket, named) -> new RestEngine(RestDialect.DOCKER, socket, named)),
        new Known(
            "containerd",
            "--containerd-socketpath",
            List.of(Path.of("/run/containerd/containerd.sock")),
            containerdSocket,
            this::containerd),
        new Known(
            "cri-o",
            "--crio-socketpath",
            List.of(Path.of("/run/crio/crio.sock")),
            crioSocket,
            GrpcEngine::crio),
        new Known(
            "podman",
            "--podman-socketpath",
            PodmanSockets.usual(),
            podmanSocket,
            (socket, named) -> new RestEngine(RestDialect.PODMAN, socket, named)));
  }

  private ContainerRuntime containerd(Path socket, boolean named) {
    ContainerdNamespaces namespaces =
        containerdNamespace == null
            ? ContainerdNamespaces.KUBERNETES
            : ContainerdNamespaces.parse(containerdNamespace);
    return GrpcEngine.containerd(socket, named || containerdNamespace != null, namespaces);
  }

  /// The runtimes to ask; says which of those the user named can't be asked yet.
  ///
  /// @throws UsageException for a runtime that is none
  List<Asked> open() {
    List<Known> known = known();
    Set<String> wanted = wanted(known.stream().map(Known::name).toList());
    List<Asked> opened = new ArrayList<>();
    for (Known each : known) {
      boolean named = runtimes != null || each.flagged() != null;
      if (!wanted.contains(each.name())) {
        sayUnused(each);
      } else if (each.factory() != null) {
        opened.addAll(asked(each, each.factory(), named));
      } else if (named) {
        Console.say(
            "this version can't ask " + each.name() + ": its containers are shown by their id.");
      }
    }
    return opened.stream().filter(each -> !isLinkToAnother(each, opened)).toList();
  }

  /// Where Podman stands in for Docker, Docker's socket is a link to Podman's.
  private static boolean isLinkToAnother(Asked asked, List<Asked> all) {
    try {
      Path real = asked.socket().toRealPath();
      return !real.equals(asked.socket())
          && all.stream().anyMatch(other -> other.socket().equals(real));
    } catch (IOException e) {
      return false; // absent
    }
  }

  /// Of several usual sockets, the first is the one to miss.
  private static List<Asked> asked(Known known, Factory factory, boolean named) {
    List<Path> sockets = known.flagged() == null ? known.usual() : List.of(known.flagged());
    List<Asked> asked = new ArrayList<>();
    for (Path socket : sockets) {
      boolean missed = named && asked.isEmpty();
      asked.add(new Asked(factory.at(socket, missed), socket, known.flag(), missed));
    }
    return asked;
  }

  private static void sayUnused(Known known) {
    if (known.flagged() != null) {
      Console.say(
          known.flag() + " changes nothing: --runtimes does not hold " + known.name() + ".");
    }
  }

  private Set<String> wanted(List<String> known) {
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

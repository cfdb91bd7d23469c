package dev.jig.cli;

import dev.jig.container.RuntimeKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Default sockets of Podman: root's and those of users with a session in /run/user.
final class PodmanSockets {
  private static final Path SYSTEM = RuntimeKind.PODMAN.socket();
  private static final Path SESSIONS = Path.of("/run/user");
  private static final Path SOCKET_IN_SESSION = Path.of("podman/podman.sock");

  private PodmanSockets() {}

  /// Root's socket, present or not, then those of users that are present.
  static List<Path> defaults() {
    return defaults(SYSTEM, SESSIONS);
  }

  static List<Path> defaults(Path system, Path sessions) {
    List<Path> sockets = new ArrayList<>(List.of(system));
    try (DirectoryStream<Path> users = Files.newDirectoryStream(sessions)) {
      for (Path user : users) {
        Path socket = user.resolve(SOCKET_IN_SESSION);
        if (Files.exists(socket)) {
          sockets.add(socket);
        }
      }
    } catch (IOException e) {
      Console.debug("the Podman sockets of users are not used: cannot read " + e.getMessage());
    }
    return sockets;
  }
}

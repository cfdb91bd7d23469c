package dev.jig.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where Podmans listen: root's, and those of users who have a session and turned theirs on.
final class PodmanSockets {
  private static final Path SYSTEM = Path.of("/run/podman/podman.sock");
  private static final Path SESSIONS = Path.of("/run/user");
  private static final Path SOCKET_IN_SESSION = Path.of("podman/podman.sock");

  private PodmanSockets() {}

  /// Root's first, there or not.
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
      Console.debug("users' Podmans are not asked: cannot read " + e.getMessage());
    }
    return sockets;
  }
}

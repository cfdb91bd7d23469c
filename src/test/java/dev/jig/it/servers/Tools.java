package dev.jig.it.servers;

import dev.jig.fixture.Prerequisite;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The programs that these tests run, looked up on PATH.
final class Tools {
  private static final List<String> NEEDED =
      List.of(
          "ip",
          "tcpdump",
          "tshark",
          "knotd",
          "named",
          "nsd",
          "unbound",
          "dnssec-keygen",
          "dnssec-signzone",
          "ldns-keygen",
          "ldns-signzone",
          "kdig",
          "dig",
          "delv",
          "nsupdate",
          "dnsperf");

  private Tools() {}

  static void require() {
    for (String tool : NEEDED) {
      Prerequisite.require(tool + " is installed", () -> onPath(tool).isPresent());
    }
  }

  /// Where a program is.
  static Path find(String tool) {
    return onPath(tool).orElseThrow(() -> new AssertionError(tool + " is not on PATH"));
  }

  private static Optional<Path> onPath(String tool) {
    String path =
        System.getenv("PATH") + ":/usr/sbin:/sbin"; // where an ordinary user has no path to
    return Stream.of(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

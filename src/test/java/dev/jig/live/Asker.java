package dev.jig.live;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The program `asker` on this machine: asks in its many ways and tells who asked.
final class Asker {
  private Asker() {}

  /// What the asking thread said of itself just before it sent: `PID TID UID COMM` and the name.
  record Truth(String owner, String name) {
    static Truth of(String line) {
      int end = line.lastIndexOf(' ');
      return new Truth(line.substring(0, end), line.substring(end + 1) + ".");
    }

    /// Such as `fork-connected`.
    String way() {
      return name.split("\\.", 3)[1];
    }
  }

  static List<String> command(DnsServer server, String way, int count) {
    String asker = CProgram.build("asker").toString();
    return List.of(asker, "-p", Integer.toString(server.port()), way, Integer.toString(count));
  }

  /// Asks to the end; by name, of which each is asked once.
  static Map<String, Truth> ask(DnsServer server, String way, int count) {
    return truth(Command.run(command(server, way, count)).orThrow().lines().toList());
  }

  static Map<String, Truth> truth(List<String> lines) {
    return lines.stream()
        .map(Truth::of)
        .collect(Collectors.toMap(Truth::name, Function.identity()));
  }
}

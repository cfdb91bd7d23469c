package dev.jig.it.live;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The program `asker` on this machine, one of its ways at a time: it reports the truth about the
/// queries sent.
final class Asker {
  private Asker() {}

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

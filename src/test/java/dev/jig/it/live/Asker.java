package dev.jig.it.live;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Command;
import dev.jig.fixture.DnsServer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runs one case of the program `asker` on this machine, which reports the sender of each query.
final class Asker {
  private Asker() {}

  static List<String> command(DnsServer server, String way, int count) {
    String asker = CProgram.build("asker").toString();
    return List.of(asker, "-p", Integer.toString(server.port()), way, Integer.toString(count));
  }

  /// Runs a case to its end and returns the senders by question name; each name occurs once.
  static Map<String, Truth> ask(DnsServer server, String way, int count) {
    return truth(Command.run(command(server, way, count)).orThrow().lines().toList());
  }

  static Map<String, Truth> truth(List<String> lines) {
    return lines.stream()
        .map(Truth::of)
        .collect(Collectors.toMap(Truth::name, Function.identity()));
  }
}

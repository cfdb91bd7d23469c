package dev.jig.it;

import static java.util.function.Function.identity;

import dev.jig.fixture.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The sender of a query as the program `asker` reports it, `PID TID UID COMM NAME`, or as a row
/// shows it. In a container that shares the host's pid namespace both have the same ids.
record Truth(long pid, long tid, long uid, String comm, String name) {
  static List<Truth> of(List<String> lines) {
    return lines.stream().map(Truth::parse).toList();
  }

  private static Truth parse(String line) {
    String[] parts = line.split(" ", -1);
    return new Truth(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        parts[3],
        parts[4] + ".");
  }

  /// By question name; each name must occur once.
  static Map<String, Truth> byName(List<Truth> reported) {
    return reported.stream().collect(Collectors.toMap(Truth::name, identity()));
  }

  /// The sender that a row shows.
  static Truth of(Json event) {
    return new Truth(
        event.number("pid"),
        event.number("tid"),
        event.number("uid"),
        event.text("comm"),
        event.text("name"));
  }
}

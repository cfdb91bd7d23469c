package dev.jig.it.zoo;

import static java.util.stream.Collectors.joining;

import dev.jig.fixture.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What `ig advise dns -o json` found.
record Findings(Json document) {

  /// What of a subject is the same in every run.
  private static final List<String> SUBJECT =
      List.of("container", "comm", "clients", "clientIP", "nameserver", "zone", "name");

  static Findings of(String document) {
    return new Findings(Json.of(document));
  }

  /// Each as `lost-twin 4/16 comm=getent nameserver=10.77.2.1`: id, lookups of how many, subject.
  ///
  /// @param expected the same; `*/*` in it stands for any numbers
  List<String> lines(List<String> expected) {
    return findings().stream()
        .map(Findings::line)
        .map(line -> {
          String anyNumbers = line.replaceFirst(" \\d+/\\d+", " */*");
          return expected.contains(anyNumbers) ? anyNumbers : line;
        })
        .toList();
  }

  /// Their ids, in the order of the document.
  List<String> ids() {
    return findings().stream().map(finding -> finding.text("id")).toList();
  }

  long lookups() {
    return document.number("window.lookups");
  }

  long packetsLost() {
    return document.number("window.packetsLost");
  }

  List<Json> findings() {
    return document.list("findings").stream().map(Findings::json).toList();
  }

  /// The examples that asked another server than the finding's.
  List<Json> foreignEvidence() {
    return findings().stream()
        .flatMap(finding ->
            finding.list("evidence").stream()
                .map(Findings::json)
                .filter(lookup -> !isAt(finding.at("subject.nameserver"), lookup)))
        .toList();
  }

  /// @param server null: any
  private static boolean isAt(@Nullable Object server, Json lookup) {
    return server == null
        || server.equals(lookup.at("nameserver"))
        || lookup.list("attempts").stream()
            .map(Findings::json)
            .anyMatch(attempt -> server.equals(attempt.at("nameserver")));
  }

  private static String line(Json finding) {
    String subject =
        SUBJECT.stream()
            .filter(key -> finding.has("subject." + key))
            .map(key -> " " + key + "=" + finding.at("subject." + key))
            .collect(joining());
    return "%s %d/%d%s"
        .formatted(finding.text("id"), finding.number("lookups"), finding.number("of"), subject);
  }

  private static Json json(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new AssertionError("no object: " + value);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    map.forEach((key, member) -> fields.put((String) key, Objects.requireNonNull(member)));
    return new Json(fields);
  }
}

package dev.jig.it.live;

import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The causes that rows of a trace give.
final class Causes {
  static final String NONE = "none";
  static final String FILTERED_AT_CLIENT = "dropped by netfilter (NETFILTER_DROP) at client";
  static final String FILTERED_AT_PATH = "dropped by netfilter (NETFILTER_DROP) at path";
  static final String FILTERED_AT_SERVER = "dropped by netfilter (NETFILTER_DROP) at server";

  /// Longer than a test waits for a row: a `T` row of such a trace comes at once.
  static final String NEVER = "--dns-timeout=10m";

  private Causes() {}

  /// The cause of a row, or of a lookup's try, as `port closed (NO_SOCKET) at server`.
  static String of(Map<?, ?> rowOrTry) {
    if (!rowOrTry.containsKey("cause")) {
      return NONE;
    }
    Map<?, ?> cause = (Map<?, ?>) rowOrTry.get("cause");
    assertThat(cause.keySet().stream().map(String::valueOf))
        .containsExactly("reason", "text", "at");
    return "%s (%s) at %s".formatted(cause.get("text"), cause.get("reason"), cause.get("at"));
  }

  static String of(Json row) {
    return of(row.fields());
  }

  /// Without the kernel's name: `port closed at server`.
  static String inWords(Json row) {
    return of(row).replaceAll(" \\(\\w+\\)", "");
  }

  /// The rows of a kind, in their order: `Q`, `R`, `T`.
  static List<Json> only(List<Json> rows, String qr) {
    return rows.stream().filter(row -> row.text("qr").equals(qr)).toList();
  }

  /// Waits for a row of a name and returns it.
  static Json await(IgProcess ig, String name, Predicate<Json> wanted) {
    Predicate<Json> both = row -> name.equals(row.at("name")) && wanted.test(row);
    return ig.awaitEvents(rows -> rows.stream().anyMatch(both)).stream()
        .filter(both)
        .findFirst()
        .orElseThrow();
  }

  /// Waits for the `T` row of a name and returns it.
  static Json awaitUnanswered(IgProcess ig, String name) {
    return await(ig, name, row -> row.text("qr").equals("T"));
  }

  /// A name's rows, as `Q OUTGOING`, `T closed`.
  static List<String> kinds(List<Json> rows, String name) {
    return rows.stream()
        .filter(row -> name.equals(row.at("name")))
        .map(row -> row.text("qr") + " " + requireNonNullElse(row.at("state"), row.at("pktType")))
        .toList();
  }

  /// Ends a trace that has lost nothing, and returns all its rows.
  static List<Json> end(IgProcess ig) {
    Command.Result ended = ig.stop();
    Summary summary = Summary.of(ended.err());
    assertThat(summary.isBalanced()).as(summary.line()).isTrue();
    assertThat(summary.count("lost")).as(summary.line()).isZero();
    return IgProcess.events(ended.lines());
  }
}

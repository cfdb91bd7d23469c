package dev.jig.fields;

import dev.jig.event.Attempt;
import dev.jig.event.Cause;
import dev.jig.event.EndpointName;
import dev.jig.event.Flags;
import dev.jig.event.IpAddress;
import dev.jig.event.Row;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The type of a field and its getter. Texts are raw: outputs escape them.
public sealed interface FieldValue {

  /// Returns a part of `from`; null where it is absent.
  @FunctionalInterface
  interface Getter<F, T> {
    @Nullable T of(F from);
  }

  /// Text from outside this program.
  record Text(Getter<Row, String> get) implements FieldValue {}

  /// Text produced by this program, printable ASCII: needs no escaping.
  record Ascii(Getter<Row, String> get) implements FieldValue {}

  /// One of a closed set of words, printable ASCII.
  record Keyword(Getter<Row, String> get, Vocabulary values) implements FieldValue {}

  /// A whole number; call `get` only where `known` holds.
  record Int(Predicate<Row> known, ToLongFunction<Row> get) implements FieldValue {}

  /// Nanoseconds; call `get` only where `known` holds.
  record Duration(Predicate<Row> known, ToLongFunction<Row> get) implements FieldValue {}

  /// Nanoseconds since the epoch; call `get` only where `known` holds.
  record Instant(Predicate<Row> known, ToLongFunction<Row> get) implements FieldValue {}

  /// True or false.
  record Bool(Getter<Row, Boolean> get) implements FieldValue {}

  /// One address, and the pod or service name that table cells show instead.
  record Address(Getter<Row, IpAddress> get, Getter<Row, EndpointName> name)
      implements FieldValue {}

  /// The pod or service that has an address.
  record PodOrService(Getter<Row, EndpointName> get) implements FieldValue {}

  /// A list of addresses.
  record Addresses(Getter<Row, List<IpAddress>> get) implements FieldValue {}

  /// Keys and values from outside this program.
  record Labels(Getter<Row, Map<String, String>> get) implements FieldValue {}

  /// The flags of the DNS header.
  record HeaderFlags(Getter<Row, Flags> get) implements FieldValue {}

  /// Why a message got lost; its text is printable ASCII.
  record LossCause(Getter<Row, Cause> get) implements FieldValue {}

  /// The attempts of a lookup.
  record Attempts(Getter<Row, List<Attempt>> get) implements FieldValue {}

  /// The value as raw text, null where it is absent: shown in table cells after escaping and
  /// cutting, compared by filters.
  default @Nullable String text(Row event) {
    return switch (this) {
      case Text(var get) -> get.of(event);
      case Ascii(var get) -> get.of(event);
      case Keyword(var get, _) -> get.of(event);
      case Int(var known, var get) ->
          known.test(event) ? Long.toString(get.applyAsLong(event)) : null;
      case Duration(var known, var get) ->
          known.test(event) ? GoDuration.format(get.applyAsLong(event)) : null;
      case Instant(var known, var get) ->
          known.test(event) ? Timestamp.format(get.applyAsLong(event)) : null;
      case Bool(var get) -> textOf(get.of(event));
      case Address(var get, _) -> textOf(get.of(event));
      case PodOrService(var get) -> textOf(get.of(event));
      case Addresses(var get) -> joined(get.of(event));
      case Labels(var get) -> joined(get.of(event));
      case HeaderFlags(var get) -> joined(get.of(event));
      case LossCause(var get) -> textOf(get.of(event));
      case Attempts(var get) -> describe(get.of(event));
    };
  }

  private static @Nullable String textOf(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable String textOf(@Nullable Cause cause) {
    return cause == null ? null : cause.text();
  }

  private static @Nullable String joined(@Nullable List<IpAddress> addresses) {
    if (addresses == null || addresses.isEmpty()) {
      return null;
    }
    StringJoiner text = new StringJoiner(",");
    addresses.forEach(address -> text.add(address.toString()));
    return text.toString();
  }

  private static @Nullable String joined(@Nullable Map<String, String> labels) {
    if (labels == null || labels.isEmpty()) {
      return null;
    }
    StringJoiner text = new StringJoiner(",");
    new TreeMap<>(labels).forEach((key, value) -> text.add(key + "=" + value));
    return text.toString();
  }

  private static @Nullable String describe(@Nullable List<Attempt> attempts) {
    if (attempts == null || attempts.isEmpty()) {
      return null;
    }
    StringJoiner text = new StringJoiner(", ");
    for (Attempt attempt : attempts) {
      String state = attempt.state().name().toLowerCase(Locale.ROOT);
      text.add(
          attempt.protocol()
              + " "
              + state
              + (attempt.durationNs() > 0
                  ? " " + GoDuration.formatRounded(attempt.durationNs())
                  : "")
              + (attempt.cause() == null ? "" : " (" + attempt.cause().text() + ")"));
    }
    return text.toString();
  }

  private static @Nullable String joined(@Nullable Flags flags) {
    return flags == null || flags.names().isEmpty() ? null : String.join(",", flags.names());
  }
}

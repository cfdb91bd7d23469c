package dev.jig.top;

import dev.jig.event.Container;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.NearNames;
import dev.jig.names.Zones;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What lookups can be counted by. A value is a text from outside, a number or an address; null
/// where it is absent.
public enum KeyColumn {
  CONTAINER("container"),
  NAMESPACE("namespace"),
  POD("pod"),
  NODE("node"),
  COMM("comm"),
  PID("pid"),
  NAMESERVER("nameserver"),
  NAME("name"),
  /// As of [Zones].
  ZONE("zone"),
  QTYPE("qtype"),
  RCODE("rcode"),
  OUTCOME("outcome"),
  /// The client's address.
  SOURCE_IP("srcIP");

  private final String text;

  KeyColumn(String text) {
    this.text = text;
  }

  /// The name for users, also the JSON key.
  public String text() {
    return text;
  }

  /// The header of the column.
  public String title() {
    return text.toUpperCase(Locale.ROOT);
  }

  /// The column with this name, ignoring case.
  private static Optional<KeyColumn> of(String text) {
    return Arrays.stream(values()).filter(key -> key.text.equalsIgnoreCase(text)).findFirst();
  }

  /// Parses a list such as `namespace,pod`; one that is listed twice counts once.
  ///
  /// @throws UserFacingException for an unknown column
  public static List<KeyColumn> parse(String list) {
    List<String> known = Arrays.stream(values()).map(KeyColumn::text).toList();
    Set<KeyColumn> columns = new LinkedHashSet<>();
    for (String part : list.split(",", -1)) {
      String name = part.strip();
      columns.add(
          of(name)
              .orElseThrow(() ->
                  UserFacingException.usage(
                      "\"" + name + "\" is nothing to count by.",
                      NearNames.hint(name, known, "Count by " + String.join(", ", known) + "."))));
    }
    return List.copyOf(columns);
  }

  /// The value of a lookup.
  ///
  /// @param zones finds the zones of names
  @Nullable Object valueOf(LookupRow row, Zones zones) {
    Container container = row.subject().container();
    Container.Pod pod = container == null ? null : container.pod();
    Owner owner = row.subject().owner();
    return switch (this) {
      case CONTAINER -> container == null ? null : nameOf(container);
      case NAMESPACE -> pod == null ? null : pod.namespace();
      case POD -> pod == null ? null : pod.name();
      case NODE -> row.subject().node();
      case COMM -> owner == null ? null : owner.comm();
      case PID -> owner == null ? null : Long.valueOf(owner.pid());
      case NAMESERVER -> row.server();
      case NAME -> lowerCase(Field.NAME.value().text(row));
      case ZONE -> row.dns().question() == null ? null : zones.of(row.dns().question().name());
      case QTYPE -> Field.QTYPE.value().text(row);
      case RCODE -> Field.RCODE.value().text(row);
      case OUTCOME -> textOf(row.outcome());
      case SOURCE_IP -> row.flow().source().address();
    };
  }

  /// A container without a name, which the runtime did not report, has its id.
  private static String nameOf(Container container) {
    return container.name() == null ? container.id() : container.name();
  }

  /// Names are compared without regard to case (RFC 4343).
  private static @Nullable String lowerCase(@Nullable String name) {
    return name == null ? null : name.toLowerCase(Locale.ROOT);
  }

  private static @Nullable String textOf(@Nullable Outcome outcome) {
    return outcome == null ? null : outcome.name().toLowerCase(Locale.ROOT);
  }
}

package dev.jig.fields;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field.ColumnSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Finds fields of the catalogue.
public final class Fields {
  private static final Map<String, Field> BY_NAME = byName();

  /// The columns of a name, behind those of its process.
  private static final List<Field> OF_NAME =
      List.of(
          Field.NAME,
          Field.FOUND,
          Field.OUTCOME,
          Field.QUERIES,
          Field.WASTED,
          Field.LATENCY,
          Field.ADDRESSES);

  private static final List<Field> OF_NAME_WIDE = List.of(Field.NAMESERVER, Field.SEARCH_FROM);

  private Fields() {}

  /// Finds a field by column name or alias, ignoring case.
  ///
  /// @throws UserFacingException with similar names if there is none
  public static Field parse(String name) {
    Field field = BY_NAME.get(name.toLowerCase(Locale.ROOT));
    if (field == null) {
      throw unknown(name);
    }
    return field;
  }

  /// The columns shown by default in any of these sets, in catalogue order; but of a capture the
  /// two that stand in place of container and process come first, and the cause comes last.
  public static List<Field> columnsOf(Set<ColumnSet> sets) {
    if (sets.contains(ColumnSet.NAMES)) {
      return columnsOfNames(sets);
    }
    boolean lookups = sets.contains(ColumnSet.LOOKUPS);
    List<Field> first =
        sets.contains(ColumnSet.CAPTURE) ? List.of(Field.SOURCE_IP, Field.NAMESERVER) : List.of();
    Stream<Field> others =
        Field.all().stream()
            .filter(field -> !first.contains(field) && field.isInAny(sets))
            .filter(field -> !(lookups && field.isPerPacket()))
            .sorted(Comparator.comparing(field -> field == Field.CAUSE));
    return Stream.concat(first.stream(), others).toList();
  }

  private static List<Field> columnsOfNames(Set<ColumnSet> sets) {
    Stream<Field> ofSubject =
        Field.all().stream()
            .filter(field -> field.isInAny(sets) && !field.isPerPacket())
            .filter(field -> field.compareTo(Field.DESTINATION_IP) < 0);
    List<Field> wide = sets.contains(ColumnSet.WIDE) ? OF_NAME_WIDE : List.of();
    return Stream.of(ofSubject, OF_NAME.stream(), wide.stream()).flatMap(all -> all).toList();
  }

  private static UserFacingException unknown(String name) {
    List<String> columns = Field.all().stream().map(Field::column).toList();
    List<String> names = Field.all().stream().flatMap(Fields::names).toList();
    return UserFacingException.usage(
        "There is no column \"" + name + "\".",
        NearNames.hint(name, names, "The columns are " + String.join(", ", columns) + "."));
  }

  private static Stream<String> names(Field field) {
    return Stream.concat(Stream.of(field.column()), field.aliases().stream());
  }

  private static Map<String, Field> byName() {
    Map<String, Field> byName = new HashMap<>();
    for (Field field : Field.all()) {
      names(field).forEach(name -> byName.put(name.toLowerCase(Locale.ROOT), field));
    }
    return byName;
  }
}

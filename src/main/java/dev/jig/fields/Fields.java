package dev.jig.fields;

import dev.jig.event.UsageException;
import dev.jig.fields.Field.ColumnSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Looks fields up in the catalogue.
public final class Fields {
  private static final Map<String, Field> BY_NAME = byName();

  private Fields() {}

  /// The field of a column's name or alias, upper or lower case.
  ///
  /// @throws UsageException naming near ones if there is none
  public static Field parse(String name) {
    Field field = BY_NAME.get(name.toLowerCase(Locale.ROOT));
    if (field == null) {
      throw unknown(name);
    }
    return field;
  }

  /// The columns shown by default by any of `by`, in the catalogue's order.
  public static List<Field> columnsOf(Set<ColumnSet> by) {
    boolean lookups = by.contains(ColumnSet.LOOKUPS);
    return Field.all().stream()
        .filter(field -> field.isInAny(by) && !(lookups && field.isPerPacket()))
        .toList();
  }

  private static UsageException unknown(String name) {
    List<String> columns = Field.all().stream().map(Field::column).toList();
    List<String> names = Field.all().stream().flatMap(Fields::names).toList();
    List<String> near = NearNames.of(name, names);
    return new UsageException(
        "There is no column \"" + name + "\".",
        near.isEmpty()
            ? "The columns are " + String.join(", ", columns) + "."
            : "Did you mean " + String.join(" or ", near) + "?");
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

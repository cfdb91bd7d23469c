package dev.jig.output;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.Group;
import dev.jig.fields.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Parses the list of `-o columns=`. A column that is listed twice is shown once.
public final class ColumnSpec {
  private ColumnSpec() {}

  /// Parses a list to columns.
  ///
  /// | list | columns |
  /// |---|---|
  /// | empty | the default ones |
  /// | `a,b,c` | exactly these |
  /// | `+x,-y` | the default ones with changes, ordered: k8s, runtime, others |
  /// | `a,b,+x,-y` | the plain ones with changes |
  ///
  /// @throws UserFacingException for an unknown column, an empty name, or an empty result
  public static List<Field> parse(String spec, List<Field> defaults) {
    if (spec.isBlank()) {
      return defaults;
    }
    Set<Field> plain = new LinkedHashSet<>();
    Set<Field> added = new LinkedHashSet<>();
    Set<Field> removed = new LinkedHashSet<>();
    for (String part : spec.split(",", -1)) {
      String name = part.strip();
      if (name.isEmpty()) {
        throw UserFacingException.usage(
            "The list of columns contains an empty name: \"" + spec + "\".",
            "Separate column names by single commas.");
      }
      switch (name.charAt(0)) {
        case '+' -> added.addAll(expand(name.substring(1)));
        case '-' -> removed.addAll(expand(name.substring(1)));
        default -> plain.addAll(expand(name));
      }
    }
    boolean relative = plain.isEmpty();
    List<Field> columns = combine(relative ? defaults : plain, added, removed);
    if (columns.isEmpty()) {
      throw UserFacingException.usage(
          "The list of columns \"" + spec + "\" leaves no column.", "Keep at least one column.");
    }
    return relative ? grouped(columns) : columns;
  }

  private static List<Field> combine(Collection<Field> base, Set<Field> added, Set<Field> removed) {
    Set<Field> columns = new LinkedHashSet<>(base);
    columns.addAll(added);
    columns.removeAll(removed);
    return List.copyOf(columns);
  }

  private static List<Field> grouped(List<Field> columns) {
    List<Field> grouped = new ArrayList<>(columns.size());
    for (Group group : List.of(Group.K8S, Group.RUNTIME, Group.TOP, Group.HOP, Group.PEER)) {
      columns.stream().filter(field -> field.group() == group).forEach(grouped::add);
    }
    return List.copyOf(grouped);
  }

  private static List<Field> expand(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "k8s" -> List.of(Field.NODE, Field.NAMESPACE, Field.POD, Field.POD_CONTAINER);
      case "runtime" ->
          List.of(Field.RUNTIME_NAME, Field.CONTAINER_ID, Field.CONTAINER_NAME, Field.IMAGE_NAME);
      default -> List.of(Fields.parse(name));
    };
  }
}

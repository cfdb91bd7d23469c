package dev.jig.top;

import dev.jig.filter.FilterExpression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one table of `top` counts: by which columns, of which lookups.
///
/// @param by at least one column
/// @param conditions all must hold
/// @param filter further rules, in the language of `-F`; blank: none
public record ViewSpec(List<KeyColumn> by, List<Condition> conditions, String filter) {
  /// A column has a value.
  ///
  /// @param text as of [Key#text]
  public record Condition(KeyColumn column, String text) {}

  public ViewSpec {
    by = List.copyOf(by);
    conditions = List.copyOf(conditions);
  }

  /// All lookups.
  public static ViewSpec by(List<KeyColumn> columns) {
    return new ViewSpec(columns, List.of(), "");
  }

  /// The filter, parsed.
  ///
  /// @throws dev.jig.event.UserFacingException if it is not valid
  FilterExpression expression() {
    return FilterExpression.parse(List.of(filter));
  }

  /// Checks the filter.
  ///
  /// @throws dev.jig.event.UserFacingException if it is not valid
  public void validate() {
    FilterExpression _ = expression();
  }

  /// The view of one row's lookups: by name, then by nameserver; null if there is none deeper.
  public @Nullable ViewSpec into(Key key) {
    List<Condition> inside = new ArrayList<>(conditions);
    for (int i = 0; i < by.size(); i++) {
      inside.add(new Condition(by.get(i), key.text(i)));
    }
    for (KeyColumn next : List.of(KeyColumn.NAME, KeyColumn.NAMESERVER)) {
      if (inside.stream().noneMatch(condition -> condition.column() == next)) {
        return new ViewSpec(List.of(next), inside, filter);
      }
    }
    return null;
  }

  public ViewSpec withBy(List<KeyColumn> columns) {
    return new ViewSpec(columns, conditions, filter);
  }

  public ViewSpec withFilter(String rules) {
    return new ViewSpec(by, conditions, rules);
  }
}

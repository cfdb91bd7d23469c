package dev.jig.filter;

import dev.jig.event.Row;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides which rows are shown.
@FunctionalInterface
public interface RowFilter extends Predicate<Row> {
  /// Decides by a question's name, as in the row, whether the row may pass. If not, no row of the
  /// message or of its response need be made: [#test] would reject them. Null where names do not
  /// decide.
  default @Nullable Predicate<String> nameFilter() {
    return null;
  }
}

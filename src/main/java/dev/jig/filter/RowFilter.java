package dev.jig.filter;

import dev.jig.event.Row;
import java.util.function.Predicate;

/// Decides which rows are shown.
@FunctionalInterface
public interface RowFilter extends Predicate<Row> {
  /// Whether a row with this name may pass. If not, no row of the message or of its response need
  /// be made: [#test] would reject them.
  ///
  /// @param name of the question, as in the row; the response's may differ in letter case
  default boolean mayPass(String name) {
    return true;
  }
}

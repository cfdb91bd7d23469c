package dev.jig.top;

import dev.jig.event.UserFacingException;
import dev.jig.fields.NearNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The order of the rows: columns, the first one deciding first.
public final class SortOrder {
  /// One column of the order.
  ///
  /// @param name of a [KeyColumn] or [CountColumn]
  private record Term(String name, boolean descending) {}

  private final List<Term> terms;

  private SortOrder(List<Term> terms) {
    this.terms = List.copyOf(terms);
  }

  /// Parses a list such as `-lookups,name`; `-` is descending.
  ///
  /// @param by the columns counted by
  /// @throws UserFacingException for a column that the table does not have
  public static SortOrder parse(String text, List<KeyColumn> by) {
    List<String> known = names(by);
    List<Term> terms = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String word = part.strip();
      boolean descending = word.startsWith("-");
      String name = descending ? word.substring(1) : word;
      String column = known.stream().filter(name::equalsIgnoreCase).findFirst().orElse(null);
      if (column == null) {
        throw UserFacingException.usage(
            "\"" + name + "\" is not a column of the table.",
            NearNames.hint(
                name,
                known,
                "Sort by " + String.join(", ", known) + "; - before a name is descending."));
      }
      terms.add(new Term(column, descending));
    }
    return new SortOrder(terms);
  }

  /// By one column: counts descending, keys ascending.
  public static SortOrder by(CountColumn column) {
    return new SortOrder(List.of(new Term(column.text(), true)));
  }

  /// The names of all columns of a table.
  private static List<String> names(List<KeyColumn> by) {
    return Stream.concat(
            by.stream().map(KeyColumn::text),
            Stream.of(CountColumn.values()).map(CountColumn::text))
        .toList();
  }

  /// The order in the other direction.
  public SortOrder reversed() {
    return new SortOrder(
        terms.stream().map(term -> new Term(term.name(), !term.descending())).toList());
  }

  /// As the user would write it.
  public String text() {
    return String.join(
        ",", terms.stream().map(term -> (term.descending() ? "-" : "") + term.name()).toList());
  }

  /// The column that decides first, if it is a count.
  public boolean isBy(CountColumn column) {
    return terms.getFirst().name().equals(column.text());
  }

  /// Whether rows need their quantiles to be ordered.
  boolean isByQuantile() {
    return terms.stream()
        .anyMatch(term ->
            term.name().equals(CountColumn.P50.text())
                || term.name().equals(CountColumn.P95.text()));
  }

  /// Rows that are equal by all terms are in the order of their keys.
  Comparator<TopRow> comparator(List<KeyColumn> by) {
    Comparator<TopRow> order = null;
    for (Term term : terms) {
      Comparator<TopRow> next = comparator(term.name(), by);
      next = term.descending() ? next.reversed() : next;
      order = order == null ? next : order.thenComparing(next);
    }
    Comparator<TopRow> ties = Comparator.comparingLong(row -> -row.total());
    for (int i = 0; i < by.size(); i++) {
      ties = ties.thenComparing(byKey(i));
    }
    return order == null ? ties : order.thenComparing(ties);
  }

  private static Comparator<TopRow> comparator(String name, List<KeyColumn> by) {
    for (int i = 0; i < by.size(); i++) {
      if (by.get(i).text().equals(name)) {
        return byKey(i);
      }
    }
    for (CountColumn column : CountColumn.values()) {
      if (column.text().equals(name)) {
        return Comparator.comparingLong(column::of);
      }
    }
    return (_, _) -> 0; // a column that the view does not have
  }

  private static Comparator<TopRow> byKey(int column) {
    return (one, other) -> {
      Key a = one.key();
      Key b = other.key();
      if (a == null || b == null) {
        return 0;
      }
      return a.value(column) instanceof Long x && b.value(column) instanceof Long y
          ? Long.compare(x, y)
          : a.text(column).compareTo(b.text(column));
    };
  }
}

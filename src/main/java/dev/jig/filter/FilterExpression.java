package dev.jig.filter;

import dev.jig.event.NameRow;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The filter of `-F`: rules separated by commas (`\,` is a literal comma), all of which must hold.
///
/// | rule | holds if |
/// |---|---|
/// | `col:v`, `col==v` | equal |
/// | `col:!v`, `col!=v` | not equal |
/// | `col:>v`, `col>v`, also `>=`, `<`, `<=` | greater, less |
/// | `col:~re`, `col~re` | the regular expression (RE2) matches a part of the text |
/// | `!` before an operator | the rule without `!` does not hold |
/// | `failed` | the server refused or failed, the query had no response in time, or conflicting ones |
public final class FilterExpression implements RowFilter {
  /// The rule of `--failed`.
  public static final String FAILED = "failed";

  private final List<Predicate<Row>> comparisons = new ArrayList<>();

  /// The names that rules require.
  private final List<String> names = new ArrayList<>();

  private final Set<Field> fields = EnumSet.noneOf(Field.class);

  private boolean ofFailed;

  private FilterExpression() {}

  /// Parses the values of all `-F` options. Without rules, every event passes.
  ///
  /// @throws UserFacingException for an unknown column, an invalid number or expression, or an
  ///   empty rule
  public static FilterExpression parse(List<String> expressions) {
    FilterExpression filter = new FilterExpression();
    for (String expression : expressions) {
      if (!expression.isBlank()) {
        split(expression).forEach(filter::add);
      }
    }
    return filter;
  }

  @Override
  public boolean test(Row event) {
    for (Predicate<Row> comparison : comparisons) {
      if (!comparison.test(event)) {
        return false;
      }
    }
    return true;
  }

  /// Only rules that require a name decide: a regular expression may match the response's name,
  /// which may have other letter case.
  @Override
  public @Nullable Predicate<String> nameFilter() {
    return names.isEmpty() ? null : this::mayPass;
  }

  private boolean mayPass(String name) {
    for (String required : names) {
      if (!required.equalsIgnoreCase(name)) {
        return false;
      }
    }
    return true;
  }

  /// The fields that the rules compare; values that are costly to resolve are resolved only for
  /// these.
  public Set<Field> fields() {
    return Set.copyOf(fields);
  }

  /// Whether a rule is [#FAILED].
  public boolean isOfFailed() {
    return ofFailed;
  }

  private void add(String text) {
    if (text.strip().equalsIgnoreCase(FAILED)) {
      ofFailed = true;
      comparisons.add(FilterExpression::isFailed);
      return;
    }
    Rule rule = Rule.parse(text);
    fields.add(rule.field());
    comparisons.add(Comparison.of(rule));
    if (rule.field() == Field.NAME && rule.operator() == Operator.EQUAL && !rule.negated()) {
      names.add(Comparison.absoluteName(rule.value()));
    }
  }

  /// Names that do not exist are no failure: search lists ask for them by the thousand.
  private static boolean isFailed(Row row) {
    if (row instanceof NameRow name) {
      return name.outcome().isFailed() || name.outcome().isUnanswered();
    }
    return switch (row.state()) {
      case TIMEOUT, CLOSED, LATE, CONFLICTING -> true;
      case ANSWERED, ORPHAN, DUPLICATE -> row.dns().isFailure();
      case null -> false; // a query
    };
  }

  private static List<String> split(String expression) {
    List<String> rules = new ArrayList<>();
    StringBuilder rule = new StringBuilder();
    for (int at = 0; at < expression.length(); at++) {
      char c = expression.charAt(at);
      if (c == '\\' && at + 1 < expression.length() && expression.charAt(at + 1) == ',') {
        rule.append(',');
        at++;
      } else if (c == ',') {
        rules.add(rule.toString());
        rule.setLength(0);
      } else {
        rule.append(c);
      }
    }
    rules.add(rule.toString());
    if (rules.stream().anyMatch(String::isBlank)) {
      throw UserFacingException.usage(
          "The filter \"" + expression + "\" contains an empty rule.",
          "Separate rules by single commas; write a comma within a value as \\,");
    }
    return rules;
  }
}

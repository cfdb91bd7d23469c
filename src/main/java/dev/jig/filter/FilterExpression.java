package dev.jig.filter;

import dev.jig.event.DnsEvent;
import dev.jig.event.UsageException;
import dev.jig.fields.Field;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What `-F` asks for: rules separated by commas, `\,` being a comma within one; all must hold.
///
/// | rule | holds where |
/// |---|---|
/// | `col:v`, `col==v` | equal |
/// | `col:!v`, `col!=v` | not equal |
/// | `col:>v`, `col>v`, also `>=`, `<`, `<=` | above, below |
/// | `col:~re`, `col~re` | the expression (RE2) is found in the text |
/// | `!` before any operator | the rule without it does not hold |
public final class FilterExpression implements Predicate<DnsEvent> {
  private final List<Predicate<DnsEvent>> comparisons = new ArrayList<>();
  private final Set<Field> fields = EnumSet.noneOf(Field.class);

  private FilterExpression() {}

  /// Reads the values of all `-F` given; of none, or of empty ones, comes a filter that all events
  /// pass.
  ///
  /// @throws UsageException for an unknown column, a bad number or expression, an empty rule
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
  public boolean test(DnsEvent event) {
    for (Predicate<DnsEvent> comparison : comparisons) {
      if (!comparison.test(event)) {
        return false;
      }
    }
    return true;
  }

  /// The fields compared: who holds events back until names are known asks whether it must.
  public Set<Field> fields() {
    return Set.copyOf(fields);
  }

  private void add(String text) {
    Rule rule = Rule.parse(text);
    fields.add(rule.field());
    comparisons.add(Comparison.of(rule));
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
        rules.add(finished(rule, expression));
      } else {
        rule.append(c);
      }
    }
    rules.add(finished(rule, expression));
    return rules;
  }

  private static String finished(StringBuilder rule, String expression) {
    String text = rule.toString();
    if (text.isBlank()) {
      throw new UsageException(
          "There is an empty rule in the filter \"" + expression + "\".",
          "Separate rules by single commas; a comma within a value is written \\,");
    }
    rule.setLength(0);
    return text;
  }
}

package dev.jig.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.jig.event.Cause;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.FieldValue;
import dev.jig.fields.FieldValue.Address;
import dev.jig.fields.FieldValue.Addresses;
import dev.jig.fields.FieldValue.Ascii;
import dev.jig.fields.FieldValue.Attempts;
import dev.jig.fields.FieldValue.Bool;
import dev.jig.fields.FieldValue.Duration;
import dev.jig.fields.FieldValue.Getter;
import dev.jig.fields.FieldValue.HeaderFlags;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.FieldValue.Int;
import dev.jig.fields.FieldValue.Keyword;
import dev.jig.fields.FieldValue.Labels;
import dev.jig.fields.FieldValue.LossCause;
import dev.jig.fields.FieldValue.PodOrService;
import dev.jig.fields.FieldValue.Text;
import dev.jig.fields.GoDuration;
import dev.jig.fields.Timestamp;
import dev.jig.fields.Vocabulary;
import java.util.Comparator;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// Compiles a rule to a predicate, by the type of its field.
///
/// An absent value is the empty text for equality and regular expressions; an absent number equals
/// nothing; no absent value is greater or less than anything. So `rcode:` finds rows without rcode,
/// `latency:>10ms` only rows with a latency, and a negated rule holds where the value is absent.
/// Names, causes and values of closed sets are compared without regard to letter case, other text
/// exactly. A cause satisfies a rule if its text or its reason does.
final class Comparison {
  private Comparison() {}

  static Predicate<Row> of(Rule rule) {
    Predicate<Row> comparison =
        rule.operator() == Operator.MATCHES ? matches(rule) : compares(rule);
    return rule.negated() ? comparison.negate() : comparison;
  }

  private static Predicate<Row> matches(Rule rule) {
    FieldValue value = rule.field().value();
    Pattern expression = expression(rule.value());
    Predicate<String> found = text -> expression.matcher(text).find();
    if (value instanceof LossCause(var get)) {
      return causes(get, found, found.test(""));
    }
    return event -> {
      String text = value.text(event);
      return found.test(text == null ? "" : text);
    };
  }

  private static Predicate<Row> compares(Rule rule) {
    return switch (rule.field().value()) {
      case Int(var known, var get) -> numbers(rule, known, get, wholeNumber(rule));
      case Duration(var known, var get) -> numbers(rule, known, get, duration(rule.value()));
      case Instant(var known, var get) -> numbers(rule, known, get, Timestamp.parse(rule.value()));
      case Bool truth -> texts(rule, truth, booleanText(rule));
      case Text name when rule.field() == Field.NAME ->
          ignoringCase(rule, name, absoluteName(rule.value()));
      case Text text -> texts(rule, text, rule.value());
      case Ascii word -> texts(rule, word, rule.value());
      case Keyword word -> ignoringCase(rule, word, keyword(rule, word.values()));
      case Address address -> texts(rule, address, rule.value());
      case PodOrService name -> texts(rule, name, rule.value());
      case Addresses addresses -> texts(rule, addresses, rule.value());
      case Labels labels -> texts(rule, labels, rule.value());
      case HeaderFlags bits -> texts(rule, bits, rule.value());
      case LossCause(var get) -> causes(rule, get);
      case Attempts attempts -> texts(rule, attempts, rule.value());
    };
  }

  private static Predicate<Row> numbers(
      Rule rule, Predicate<Row> known, ToLongFunction<Row> get, long wanted) {
    Operator operator = rule.operator();
    return event ->
        known.test(event) && operator.isSatisfiedBy(Long.compare(get.applyAsLong(event), wanted));
  }

  private static Predicate<Row> texts(Rule rule, FieldValue value, String wanted) {
    return texts(rule, value, wanted, Comparator.naturalOrder());
  }

  private static Predicate<Row> ignoringCase(Rule rule, FieldValue value, String wanted) {
    return texts(rule, value, wanted, String.CASE_INSENSITIVE_ORDER);
  }

  private static Predicate<Row> texts(
      Rule rule, FieldValue value, String wanted, Comparator<String> order) {
    Operator operator = rule.operator();
    return event -> {
      String text = value.text(event);
      if (text == null) {
        return operator == Operator.EQUAL && wanted.isEmpty();
      }
      return operator.isSatisfiedBy(order.compare(text, wanted));
    };
  }

  private static Predicate<Row> causes(Rule rule, Getter<Row, Cause> get) {
    Operator operator = rule.operator();
    String wanted = rule.value();
    return causes(
        get,
        text -> operator.isSatisfiedBy(text.compareToIgnoreCase(wanted)),
        operator == Operator.EQUAL && wanted.isEmpty());
  }

  /// @param satisfied the rule for the text or the reason of a cause
  /// @param absent the result for rows without a cause
  private static Predicate<Row> causes(
      Getter<Row, Cause> get, Predicate<String> satisfied, boolean absent) {
    return event -> {
      Cause cause = get.of(event);
      return cause == null
          ? absent
          : satisfied.test(cause.text()) || satisfied.test(cause.reason());
    };
  }

  /// A name with its final dot, which users may leave out; empty text stays empty.
  static String absoluteName(String name) {
    return name.isEmpty() || endsWithDot(name) ? name : name + ".";
  }

  /// Whether the last character is a dot that no backslash escapes.
  private static boolean endsWithDot(String name) {
    int last = name.length() - 1;
    int at = last;
    while (at > 0 && name.charAt(at - 1) == '\\') {
      at--;
    }
    return name.charAt(last) == '.' && (last - at) % 2 == 0;
  }

  /// The value as rows have it; any text for comparisons by order.
  private static String keyword(Rule rule, Vocabulary values) {
    String text = rule.value();
    boolean anyText = text.isEmpty() || rule.operator() != Operator.EQUAL;
    String value = anyText ? text : values.find(text);
    if (value == null) {
      throw UserFacingException.usage(
          "\"" + text + "\" is not a value of " + rule.field().column() + ".", values.hint(text));
    }
    return value;
  }

  private static long wholeNumber(Rule rule) {
    try {
      return Long.parseLong(rule.value());
    } catch (NumberFormatException e) {
      throw UserFacingException.usage(
          "\""
              + rule.value()
              + "\" is not a whole number, which "
              + rule.field().column()
              + " requires.",
          "Write a whole number, such as " + rule.field().column() + ":>=1000.");
    }
  }

  /// A number without unit is in nanoseconds, as in the JSON output.
  private static long duration(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      return digits ? Long.parseLong(text) : GoDuration.parse(text);
    } catch (NumberFormatException e) {
      throw UserFacingException.usage(
          "\"" + text + "\" exceeds the longest duration, 9223372036854775807ns.",
          "Write a duration such as 10ms.");
    }
  }

  private static String booleanText(Rule rule) {
    String value = rule.value();
    if (!value.equals("true") && !value.equals("false")) {
      throw UserFacingException.usage(
          "\""
              + value
              + "\" is neither true nor false, which "
              + rule.field().column()
              + " requires.",
          "Write " + rule.field().column() + ":true or " + rule.field().column() + ":false.");
    }
    return value;
  }

  private static Pattern expression(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw UserFacingException.usage(
          "\"" + text + "\" is not a valid regular expression: " + e.getDescription() + ".",
          "Use RE2 syntax: it has no look-around and no back-references.");
    }
  }
}

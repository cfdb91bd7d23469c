package dev.jig.filter;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Fields;

/// One parsed rule: a column, an operator, a value.
///
/// @param negated whether the comparison must not hold
record Rule(Field field, boolean negated, Operator operator, String value) {
  private static final String HINT =
      "Write column:value or column==value; the operators are listed under --filter in the help.";

  /// Parses a rule in either syntax; the first operator character ends the column name.
  static Rule parse(String text) {
    for (int at = 0; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case ':' -> {
          return parseColonForm(text, at);
        }
        case '=', '!', '<', '>', '~' -> {
          return parseSymbolForm(text, at);
        }
        default -> {
          // still in the column's name
        }
      }
    }
    throw UserFacingException.usage("The filter \"" + text + "\" has no operator.", HINT);
  }

  /// `col:v`, `col:!v`, `col:>=v`, `col:!~re` and so on.
  private static Rule parseColonForm(String text, int at) {
    String rest = text.substring(at + 1);
    boolean negated = rest.startsWith("!");
    String compared = negated ? rest.substring(1) : rest;
    Operator operator = Operator.parsePrefix(compared);
    return of(text, at, negated, operator, compared.substring(operator.symbol().length()));
  }

  /// `col==v`, `col!=v`, `col>=v`, `col!~re` and so on.
  private static Rule parseSymbolForm(String text, int at) {
    String rest = text.substring(at);
    if (rest.startsWith("==")) {
      return of(text, at, false, Operator.EQUAL, rest.substring(2));
    }
    if (rest.startsWith("!=")) {
      return of(text, at, true, Operator.EQUAL, rest.substring(2));
    }
    boolean negated = rest.startsWith("!");
    String compared = negated ? rest.substring(1) : rest;
    Operator operator = Operator.parsePrefix(compared);
    if (operator == Operator.EQUAL) {
      throw UserFacingException.usage("The filter \"" + text + "\" has an unknown operator.", HINT);
    }
    return of(text, at, negated, operator, compared.substring(operator.symbol().length()));
  }

  private static Rule of(String text, int at, boolean negated, Operator operator, String value) {
    return new Rule(Fields.parse(text.substring(0, at).strip()), negated, operator, value);
  }
}

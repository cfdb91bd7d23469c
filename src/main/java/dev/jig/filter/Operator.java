package dev.jig.filter;

/// A comparison operator.
enum Operator {
  EQUAL(""),
  GREATER_OR_EQUAL(">="),
  GREATER(">"),
  LESS_OR_EQUAL("<="),
  LESS("<"),
  MATCHES("~");

  private final String symbol;

  Operator(String symbol) {
    this.symbol = symbol;
  }

  /// The text after `col:`; empty for equality.
  String symbol() {
    return symbol;
  }

  /// The operator at the start of `text`; EQUAL if there is none.
  static Operator parsePrefix(String text) {
    for (Operator operator : values()) {
      if (operator != EQUAL && text.startsWith(operator.symbol)) {
        return operator;
      }
    }
    return EQUAL;
  }

  /// Whether a result of [Comparable#compareTo] satisfies the operator.
  boolean isSatisfiedBy(int comparison) {
    return switch (this) {
      case EQUAL -> comparison == 0;
      case GREATER_OR_EQUAL -> comparison >= 0;
      case GREATER -> comparison > 0;
      case LESS_OR_EQUAL -> comparison <= 0;
      case LESS -> comparison < 0;
      case MATCHES -> throw new IllegalStateException("a regular expression has no order");
    };
  }
}

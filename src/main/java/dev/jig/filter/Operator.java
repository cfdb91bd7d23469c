package dev.jig.filter;

/// A comparison operator.
enum Operator {
  EQUAL(""),
  AT_LEAST(">="),
  GREATER(">"),
  AT_MOST("<="),
  LESS("<"),
  MATCHES("~");

  private final String symbol;

  Operator(String sign) {
    this.symbol = sign;
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
      case AT_LEAST -> comparison >= 0;
      case GREATER -> comparison > 0;
      case AT_MOST -> comparison <= 0;
      case LESS -> comparison < 0;
      case MATCHES -> throw new IllegalStateException("a regular expression has no order");
    };
  }
}

package dev.jig.top.screen;

/// A line that the user types.
final class Prompt {
  /// What is asked for.
  enum Kind {
    BY("count by: "),
    FILTER("filter: ");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  private static final int MAX_LENGTH = 500;

  private final Kind kind;
  private final StringBuilder text;

  Prompt(Kind kind, String present) {
    this.kind = kind;
    this.text = new StringBuilder(present);
  }

  Kind kind() {
    return kind;
  }

  String text() {
    return text.toString();
  }

  /// Adds what a key typed; control characters are ignored.
  void type(String typed) {
    typed
        .codePoints()
        .filter(codePoint -> !Character.isISOControl(codePoint) && text.length() < MAX_LENGTH)
        .forEach(text::appendCodePoint);
  }

  /// Removes the last character.
  void erase() {
    if (!text.isEmpty()) {
      text.setLength(text.offsetByCodePoints(text.length(), -1));
    }
  }
}

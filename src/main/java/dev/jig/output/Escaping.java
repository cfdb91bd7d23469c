package dev.jig.output;

import java.util.Locale;

/// Makes any text from outside (names, comm, paths, labels, error texts) harmless to a terminal, in
/// this one place.
///
/// Never passed on are: control characters (C0, DEL, C1), format characters (among them those that
/// turn the writing direction or have no width), line and paragraph separators, and halves of
/// surrogate pairs. Everything else stays readable as it is.
///
/// | form | U+001B | U+202E | U+E0001 | half a pair |
/// |---|---|---|---|---|
/// | TERMINAL | `\x1b` | `\u202e` | `\U000e0001` | `\ud800` |
/// | JSON | `\u001b` | `\u202e` | `\udb40\udc01` | `\ufffd` |
/// | YAML | `\u001b` | `\u202e` | `\U000e0001` | `\ufffd` |
///
/// TERMINAL is for eyes: a backslash stays single, so its result cannot always be turned back. JSON
/// and YAML make the inside of a double-quoted string, where `"` and `\` are escaped too.
public enum Escaping {
  TERMINAL,
  JSON,
  YAML;

  private static final int REPLACEMENT = 0xfffd;

  /// The text with everything dangerous written out; the text itself if there is nothing.
  public String escape(String raw) {
    return isPlain(raw) ? raw : rewrite(raw);
  }

  /// Whether the text needs no look at each character: printable ASCII, and in a quoted form
  /// neither `"` nor `\`.
  public boolean isPlain(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c < ' ' || c > '~' || this != TERMINAL && (c == '"' || c == '\\')) {
        return false;
      }
    }
    return true;
  }

  private String rewrite(String raw) {
    StringBuilder text = new StringBuilder(raw.length() + 16);
    int at = 0;
    while (at < raw.length()) {
      int codePoint = raw.codePointAt(at);
      at += Character.charCount(codePoint);
      if (this != TERMINAL && (codePoint == '"' || codePoint == '\\')) {
        text.append('\\').append((char) codePoint);
      } else if (isDangerous(codePoint)) {
        appendEscape(text, codePoint);
      } else {
        text.appendCodePoint(codePoint);
      }
    }
    return text.toString();
  }

  /// Whether a code point may do something to a terminal other than show itself.
  static boolean isDangerous(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private void appendEscape(StringBuilder text, int codePoint) {
    switch (this) {
      case TERMINAL -> appendForTerminal(text, codePoint);
      case JSON -> {
        for (char half : Character.toChars(visible(codePoint))) {
          appendHex(text, "\\u", half, 4);
        }
      }
      case YAML -> {
        int shown = visible(codePoint);
        appendHex(text, shown > 0xffff ? "\\U" : "\\u", shown, shown > 0xffff ? 8 : 4);
      }
    }
  }

  private static void appendForTerminal(StringBuilder text, int codePoint) {
    if (codePoint <= 0xff) {
      appendHex(text, "\\x", codePoint, 2);
    } else if (codePoint <= 0xffff) {
      appendHex(text, "\\u", codePoint, 4);
    } else {
      appendHex(text, "\\U", codePoint, 8);
    }
  }

  /// Parsers of JSON and YAML refuse half a pair, even escaped.
  private static int visible(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE ? REPLACEMENT : codePoint;
  }

  private static void appendHex(StringBuilder text, String prefix, int value, int digits) {
    String hex = Integer.toHexString(value).toLowerCase(Locale.ROOT);
    text.append(prefix).repeat('0', digits - hex.length()).append(hex);
  }
}

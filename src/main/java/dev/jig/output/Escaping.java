package dev.jig.output;

import java.util.Locale;

/// Escapes text from outside (names, comm, paths, labels, error texts) so that it cannot control a
/// terminal.
///
/// Escaped are: control characters (C0, DEL, C1), format characters (including bidirectional
/// controls and zero-width characters), line and paragraph separators, and lone surrogates. Other
/// characters remain as they are.
///
/// | form | U+001B | U+202E | U+E0001 | lone surrogate |
/// |---|---|---|---|---|
/// | TERMINAL | `\x1b` | `\u202e` | `\U000e0001` | `\ud800` |
/// | JSON | `\u001b` | `\u202e` | `\udb40\udc01` | `\ufffd` |
/// | YAML | `\u001b` | `\u202e` | `\U000e0001` | `\ufffd` |
///
/// TERMINAL does not escape backslashes, so it is not reversible. JSON and YAML return the inside
/// of a double-quoted string and escape `"` and `\`, too.
public enum Escaping {
  TERMINAL,
  JSON,
  YAML;

  private static final int REPLACEMENT = 0xfffd;

  /// Escapes a text; returns the same object if there is nothing to escape.
  public String escape(String raw) {
    return isPlain(raw) ? raw : rewrite(raw);
  }

  /// Whether the text needs no escaping: printable ASCII, for JSON and YAML without `"` and `\`.
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

  /// Whether a terminal may do more with the code point than display it.
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
        for (char half : Character.toChars(replaceSurrogate(codePoint))) {
          appendHex(text, "\\u", half, 4);
        }
      }
      case YAML -> {
        int shown = replaceSurrogate(codePoint);
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

  /// JSON and YAML parsers reject a lone surrogate, even escaped.
  private static int replaceSurrogate(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE ? REPLACEMENT : codePoint;
  }

  private static void appendHex(StringBuilder text, String prefix, int value, int digits) {
    String hex = Integer.toHexString(value).toLowerCase(Locale.ROOT);
    text.append(prefix).repeat('0', digits - hex.length()).append(hex);
  }
}

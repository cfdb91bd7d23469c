package dev.jig.output;

import java.util.List;

/// Texts with terminal control sequences and other hostile characters.
public final class HostileText {
  public static final List<String> ALL =
      List.of(
          "\u001b[31mred\u001b[0m",
          "\u001b]0;title\u0007",
          "two\nlines\r\n",
          "tab\tnul\0del\u007f",
          "\u009b31mC1\u0085\u009d",
          "%n%s%x",
          "\u202egpj.exe\u2066",
          "zero\u200bwidth\u200d\ufeff\u00ad",
          "line\u2028paragraph\u2029",
          "tag\udb40\udc41",
          "half \ud83d and \ude00",
          "\"quoted\" \\x1b back\\slash",
          "- yaml: {a: [b, *c]} # &d !e |\n>",
          "true",
          "~",
          "",
          " ",
          "größe 名前 🐳 é",
          "a".repeat(300));

  private HostileText() {}

  /// Whether a terminal only displays the text; line ends are part of the format.
  public static boolean isHarmless(String output) {
    return output.codePoints().allMatch(c -> c == '\n' || !Escaping.isDangerous(c));
  }

  /// The text as a parser restores it: lone surrogates are replaced.
  static String readBack(String text) {
    StringBuilder whole = new StringBuilder();
    text.codePoints()
        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xfffd : c)
        .forEach(whole::appendCodePoint);
    return whole.toString();
  }
}

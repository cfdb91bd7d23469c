package dev.jig.container.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A line of an HTTP/1.1 answer: status line, header, chunk size.
final class HttpLine {
  private static final int MAX_QUOTED_CHARS = 40;

  private HttpLine() {}

  /// The next line without its end.
  static String read(InputStream in, int atMost) throws IOException {
    StringBuilder line = new StringBuilder(80);
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the HTTP answer ends in its head");
      }
      if (next == '\n') {
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
      }
      if (line.length() >= atMost) {
        throw new IOException("the HTTP answer's head is too long: " + quote(line.toString()));
      }
      line.append((char) next);
    }
  }

  /// A number that is not negative.
  static long parseNumber(String digits, int radix) throws IOException {
    try {
      long value = Long.parseLong(digits, radix);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new IOException("the HTTP answer has no number but " + quote(digits));
  }

  /// A bounded, harmless piece of what the other side sent.
  static String quote(String text) {
    boolean cut = text.length() > MAX_QUOTED_CHARS;
    String shown = cut ? text.substring(0, MAX_QUOTED_CHARS) : text;
    return '"' + shown.replaceAll("[^\\x20-\\x7e]", "?") + (cut ? "…\"" : "\"");
  }
}

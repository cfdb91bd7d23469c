package dev.jig.container.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Reads a line of an HTTP/1.1 response: status line, header, chunk size.
final class HttpLine {
  private static final int MAX_QUOTED_CHARS = 40;

  private HttpLine() {}

  /// The next line without LF or CRLF.
  ///
  /// @throws IOException if it is longer than `maxBytes`
  static String read(InputStream in, int maxBytes) throws IOException {
    StringBuilder line = new StringBuilder(80);
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the HTTP response ends before its body");
      }
      if (next == '\n') {
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
      }
      if (line.length() >= maxBytes) {
        throw new IOException("a line of the HTTP response is too long: " + quote(line.toString()));
      }
      line.append((char) next);
    }
  }

  /// A number of at least 0.
  static long parseNumber(String digits, int radix) throws IOException {
    try {
      long value = Long.parseLong(digits, radix);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException _) {
      // thrown below
    }
    throw new IOException("a number is expected in the HTTP response: " + quote(digits));
  }

  /// Up to 40 characters of received text in quotes, `?` for any outside printable ASCII.
  static String quote(String text) {
    boolean cut = text.length() > MAX_QUOTED_CHARS;
    String shown = cut ? text.substring(0, MAX_QUOTED_CHARS) : text;
    return '"' + shown.replaceAll("[^\\x20-\\x7e]", "?") + (cut ? "…\"" : "\"");
  }
}

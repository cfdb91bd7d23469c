package dev.jig.bench;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The counts of ig's last line.
///
/// @param text the line
/// @param rows printed rows: packets or lookups
/// @param lost packets
record TraceEnd(String text, long rows, long lost) {
  private static final Pattern SEEN = Pattern.compile("[\\d,]+ packets? seen: .*");
  private static final Pattern ROWS = Pattern.compile("([\\d,]+) (?:rows?|lookups?)\\b");
  private static final Pattern LOST = Pattern.compile("([\\d,]+) lost\\b");

  /// @param err all that ig printed on stderr
  static TraceEnd parse(String err) throws IOException {
    Matcher line = SEEN.matcher(err);
    String last = "";
    while (line.find()) {
      last = line.group();
    }
    if (last.isEmpty()) {
      throw new IOException("ig printed no counts: " + err);
    }
    return new TraceEnd(last, number(ROWS, last), number(LOST, last));
  }

  /// Whether every packet is accounted for.
  boolean isBalanced() {
    // Earlier versions printed the second phrase.
    return !text.contains("accounting error") && !text.contains("the sums do not");
  }

  private static long number(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in " + text);
    }
    return Long.parseLong(matcher.group(1).replace(",", ""));
  }
}

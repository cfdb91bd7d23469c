package dev.jig.it.live;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The last line on stderr: `1,234 packets seen: 1,200 rows, 34 filtered, 0 lost …`.
record Summary(String line) {
  static Summary of(String err) {
    return err.lines()
        .filter(line -> line.matches(".* packets? seen: .*"))
        .reduce((first, second) -> second)
        .map(Summary::new)
        .orElseThrow(() -> new AssertionError("no summary in: " + err));
  }

  /// The count before a phrase, 0 if it is not there.
  long count(String what) {
    Matcher found = Pattern.compile("([0-9,]+) " + Pattern.quote(what)).matcher(line);
    return found.find() ? Long.parseLong(found.group(1).replace(",", "")) : 0;
  }

  /// Whether ig reports no accounting error.
  boolean isBalanced() {
    return !line.contains("accounting error");
  }
}

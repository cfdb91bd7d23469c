package dev.jig.trace;

import java.util.Locale;

/// Builds a line of counts: `1,234 packets seen: 1,200 rows, 34 filtered`.
final class SummaryLine {
  private final StringBuilder text;
  private boolean first = true;

  /// Starts with what all other counts add up to, such as `1,234 packets seen`.
  SummaryLine(long count, String one, String many) {
    text = new StringBuilder(counted(count, one, many));
  }

  private static String counted(long count, String one, String many) {
    return number(count) + ' ' + (count == 1 ? one : many);
  }

  static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// @param what an adjective, the same for one and for many
  SummaryLine add(long count, String what) {
    return add(count, what, what);
  }

  SummaryLine add(long count, String one, String many) {
    text.append(first ? ": " : ", ").append(counted(count, one, many));
    first = false;
    return this;
  }

  SummaryLine addIf(long count, String what) {
    return addIf(count, what, what);
  }

  /// Adds the count unless it is 0.
  SummaryLine addIf(long count, String one, String many) {
    return count > 0 ? add(count, one, many) : this;
  }

  SummaryLine append(String more) {
    text.append(more);
    return this;
  }

  String text() {
    return text.toString();
  }
}

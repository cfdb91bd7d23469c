package dev.jig.trace;

import java.util.Locale;

/// Builds a line of counts: `1,234 packets seen: 1,200 rows, 34 filtered`.
final class SummaryLine {
  private final StringBuilder text;
  private boolean first = true;

  SummaryLine(String head) {
    text = new StringBuilder(head);
  }

  static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  SummaryLine add(long count, String what) {
    text.append(first ? ": " : ", ").append(number(count)).append(' ').append(what);
    first = false;
    return this;
  }

  SummaryLine addIf(long count, String what) {
    return count > 0 ? add(count, what) : this;
  }

  SummaryLine append(String more) {
    text.append(more);
    return this;
  }

  String text() {
    return text.toString();
  }
}

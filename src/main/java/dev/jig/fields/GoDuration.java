package dev.jig.fields;

import dev.jig.event.UserFacingException;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// Durations in the text form of Go's time.Duration: `1m30s`, `18.25ms`, `250µs`.
public final class GoDuration {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final String HINT =
      "Write numbers with a unit (ns, us, ms, s, m, h), such as 10s, 1m30s or 250ms.";

  private GoDuration() {}

  /// Formats nanoseconds: below one second as ns, µs or ms, otherwise as hours, minutes and
  /// seconds; without trailing zeros in the fraction.
  public static String format(long durationNs) {
    StringBuilder text = new StringBuilder(20);
    append(text, durationNs);
    return text.toString();
  }

  /// Formats with three significant digits, for cells with several durations.
  public static String formatRounded(long durationNs) {
    long unit = 1;
    while (durationNs / unit >= 1_000) {
      unit *= 10;
    }
    return format((durationNs + unit / 2) / unit * unit);
  }

  /// Appends the result of [#format].
  public static void append(StringBuilder text, long durationNs) {
    if (durationNs == 0) {
      text.append("0s");
      return;
    }
    long rest = durationNs;
    if (rest < 0) {
      text.append('-');
      rest = -rest; // Long.MIN_VALUE stays negative: read as unsigned below
    }
    if (Long.compareUnsigned(rest, US) < 0) {
      text.append(rest).append("ns");
    } else if (Long.compareUnsigned(rest, MS) < 0) {
      appendDecimal(text, rest, US).append("µs");
    } else if (Long.compareUnsigned(rest, SECOND) < 0) {
      appendDecimal(text, rest, MS).append("ms");
    } else {
      appendClock(text, rest);
    }
  }

  private static void appendClock(StringBuilder text, long unsignedNs) {
    long hours = Long.divideUnsigned(unsignedNs, HOUR);
    long belowHour = Long.remainderUnsigned(unsignedNs, HOUR);
    if (hours > 0) {
      text.append(hours).append('h');
    }
    if (hours > 0 || belowHour >= MINUTE) {
      text.append(belowHour / MINUTE).append('m');
    }
    appendDecimal(text, belowHour % MINUTE, SECOND).append('s');
  }

  private static StringBuilder appendDecimal(StringBuilder text, long value, long unit) {
    text.append(value / unit);
    long fraction = value % unit;
    if (fraction != 0) {
      text.append('.');
      for (long digit = unit / 10; fraction != 0; digit /= 10) {
        text.append((char) ('0' + fraction / digit));
        fraction %= digit;
      }
    }
    return text;
  }

  /// Parses a text such as `1m30s`, `1.5h`, `250ms`, `-3us` or `0` to nanoseconds.
  ///
  /// @throws UserFacingException if the text is not a duration or exceeds a long
  public static long parse(String text) {
    boolean negative = text.startsWith("-");
    int at = negative || text.startsWith("+") ? 1 : 0;
    if (text.substring(at).equals("0")) {
      return 0;
    }
    if (at == text.length()) {
      throw invalid(text);
    }
    BigDecimal sum = BigDecimal.ZERO;
    while (at < text.length()) {
      int unitAt = endOfNumber(text, at);
      int end = endOfUnit(text, unitAt);
      sum = sum.add(part(text, at, unitAt, end));
      at = end;
    }
    try {
      return (negative ? sum.negate() : sum).setScale(0, RoundingMode.DOWN).longValueExact();
    } catch (ArithmeticException e) {
      throw UserFacingException.usage(
          "\"" + text + "\" exceeds the longest duration, 2562047h.", HINT);
    }
  }

  private static BigDecimal part(String text, int start, int unitAt, int end) {
    String number = text.substring(start, unitAt);
    long unit =
        switch (text.substring(unitAt, end)) {
          case "ns" -> 1;
          case "us", "µs", "μs" -> US; // micro sign and Greek mu
          case "ms" -> MS;
          case "s" -> SECOND;
          case "m" -> MINUTE;
          case "h" -> HOUR;
          default -> throw invalid(text);
        };
    if (number.isEmpty() || number.equals(".") || number.indexOf('.') != number.lastIndexOf('.')) {
      throw invalid(text);
    }
    return new BigDecimal(number).multiply(BigDecimal.valueOf(unit)).setScale(0, RoundingMode.DOWN);
  }

  private static int endOfNumber(String text, int start) {
    int at = start;
    while (at < text.length() && isNumeric(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int endOfUnit(String text, int start) {
    int at = start;
    while (at < text.length() && !isNumeric(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isNumeric(char c) {
    return c >= '0' && c <= '9' || c == '.';
  }

  private static UserFacingException invalid(String text) {
    return UserFacingException.usage("\"" + text + "\" is not a duration.", HINT);
  }
}

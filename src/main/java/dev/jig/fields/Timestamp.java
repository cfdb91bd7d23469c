package dev.jig.fields;

import dev.jig.event.UserFacingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/// Timestamps as RFC 3339 text with nine fraction digits and the local offset,
/// `2026-11-23T02:10:11.123456789+01:00`, or `Z` where the offset is zero.
public final class Timestamp {
  private static final long SECOND_NS = 1_000_000_000;
  private static final DateTimeFormatter RFC_3339 =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 9, 9, true)
          .appendOffset("+HH:MM", "Z")
          .toFormatter(Locale.ROOT);

  private Timestamp() {}

  /// Formats nanoseconds since the epoch in the machine's time zone.
  public static String format(long timestampNs) {
    return format(timestampNs, ZoneId.systemDefault());
  }

  static String format(long timestampNs, ZoneId zone) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(timestampNs, SECOND_NS), Math.floorMod(timestampNs, SECOND_NS));
    return RFC_3339.format(ZonedDateTime.ofInstant(instant, zone));
  }

  /// Parses RFC 3339 text, or a whole number of nanoseconds, to nanoseconds since the epoch.
  ///
  /// @throws UserFacingException if the text is neither
  public static long parse(String text) {
    try {
      if (text.indexOf('T') < 0) {
        return Long.parseLong(text);
      }
      Instant instant = OffsetDateTime.parse(text).toInstant();
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), SECOND_NS), instant.getNano());
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      throw UserFacingException.usage(
          "\"" + text + "\" is not a timestamp.",
          "Write nanoseconds since the epoch or RFC 3339, such as 2026-11-23T02:10:11Z.");
    }
  }
}

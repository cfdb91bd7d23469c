package dev.jig.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimestampTest {
  @ParameterizedTest
  @CsvSource({
    "1706961906123456789, UTC, 2024-02-03T12:05:06.123456789Z",
    "1706961906123456789, Europe/Paris, 2024-02-03T13:05:06.123456789+01:00",
    "1706961906120000000, Asia/Kolkata, 2024-02-03T17:35:06.120000000+05:30",
    "0, UTC, 1970-01-01T00:00:00.000000000Z",
    "-1, UTC, 1969-12-31T23:59:59.999999999Z"
  })
  void formatsRfc3339WithNineDigitsAndZoneOffset(long ns, String zone, String text) {
    assertThat(Timestamp.format(ns, ZoneId.of(zone))).isEqualTo(text);
  }

  @Test
  void parsesNanosecondsAndRfc3339() {
    assertThat(Timestamp.parse("1706961906123456789")).isEqualTo(1706961906123456789L);
    assertThat(Timestamp.parse("2024-02-03T13:05:06.123456789+01:00"))
        .isEqualTo(1706961906123456789L);
  }

  @Test
  void rejectsInvalidTimestampsAndNamesThem() {
    assertThatThrownBy(() -> Timestamp.parse("noon"))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"noon\" is not a timestamp.");
    assertThatThrownBy(() -> Timestamp.parse("2024-13-03T13:05:06Z"))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"2024-13-03T13:05:06Z\" is not a timestamp.");
  }
}

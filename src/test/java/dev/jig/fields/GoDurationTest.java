package dev.jig.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "999, 999ns",
    "4651331, 4.65ms",
    "582757, 583µs",
    "999999, 1ms",
    "1001669600, 1s",
    "3000000000, 3s",
    "61234567890, 1m1.2s"
  })
  void roundsToThreeDigits(long ns, String text) {
    assertThat(GoDuration.formatRounded(ns)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "999, 999ns",
    "1000, 1µs",
    "1100, 1.1µs",
    "250000, 250µs",
    "2200000, 2.2ms",
    "18250000, 18.25ms",
    "999999999, 999.999999ms",
    "1000000000, 1s",
    "1500000000, 1.5s",
    "3000000001, 3.000000001s",
    "60000000000, 1m0s",
    "123000000000, 2m3s",
    "245001000000, 4m5.001s",
    "3600000000000, 1h0m0s",
    "18367001000000, 5h6m7.001s",
    "-1500000000, -1.5s",
    "9223372036854775807, 2562047h47m16.854775807s",
    "-9223372036854775808, -2562047h47m16.854775808s"
  })
  void formatsLikeGo(long durationNs, String text) {
    assertThat(GoDuration.format(durationNs)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "10s, 10000000000",
    "1m30s, 90000000000",
    "250ms, 250000000",
    "1.5h, 5400000000000",
    ".5s, 500000000",
    "3us, 3000",
    "3µs, 3000",
    "3μs, 3000",
    "7ns, 7",
    "-2s, -2000000000",
    "+2s, 2000000000",
    "1h2m3.004s, 3723004000000"
  })
  void parsesLikeGo(String text, long durationNs) {
    assertThat(GoDuration.parse(text)).isEqualTo(durationNs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "10", "s", "1x", "1.2.3s", ".s", "ten seconds", " 1s", "1s "})
  void rejectsInvalidDurationsAndNamesThem(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"" + text + "\" is not a duration.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9999999h", "9223372036854775808ns"})
  void rejectsDurationsThatExceedALong(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"" + text + "\" exceeds the longest duration, 2562047h.");
  }

  @Property(tries = 300)
  void parsesWhatItFormats(@ForAll long durationNs) {
    assertThat(GoDuration.parse(GoDuration.format(durationNs))).isEqualTo(durationNs);
  }
}

package dev.jig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class TraceEndTest {
  @Test
  void readsTheCountsOfTheLastLine() throws IOException {
    TraceEnd end =
        TraceEnd.parse(
            """
            ig: warning
            8,036 packets seen: 8,000 rows, 2 unanswered, 0 filtered, 36 lost (ring full 36)
            """);

    assertThat(end.rows()).isEqualTo(8_000);
    assertThat(end.lost()).isEqualTo(36);
    assertThat(end.isBalanced()).isTrue();
  }

  @Test
  void readsLookups() throws IOException {
    TraceEnd end = TraceEnd.parse("4 packets seen: 1 lookup, 0 filtered, 0 lost");

    assertThat(end.rows()).isEqualTo(1);
  }

  @Test
  void findsAnAccountingError() throws IOException {
    TraceEnd end =
        TraceEnd.parse("9 packets seen: 8 rows, 0 lost (accounting error: 1 packet is missing)");

    assertThat(end.isBalanced()).isFalse();
  }
}

package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.KernelCounters;
import org.junit.jupiter.api.Test;

/// The last line, and when it says that the sums are wrong.
final class TraceSummaryTest {
  private final Counters messages = new Counters();

  private TraceSummary summary(boolean ended, KernelCounters kernel, long incomplete) {
    return new TraceSummary(ended, kernel, messages, kernel.recorded(), incomplete, 0, 0);
  }

  private static KernelCounters kernel(long skipped, long ringFull, long recorded) {
    long noPayload = 5;
    long seen = skipped + noPayload + ringFull + recorded;
    return new KernelCounters(seen, skipped, noPayload, 0, ringFull, recorded, 0, 0, 0, 0);
  }

  private void count(long rows, long filtered) {
    messages.messages = rows + filtered;
    messages.rows = rows;
    messages.filtered = filtered;
  }

  @Test
  void addsUpWhatBecameOfThePackets() {
    count(1_200, 14);
    TraceSummary summary = summary(true, kernel(20, 0, 1_214), 0);
    assertThat(summary.isBalanced()).isTrue();
    assertThat(summary.line()).isEqualTo("1,234 packets seen: 1,200 rows, 34 filtered, 0 lost");
  }

  @Test
  void tellsLossByStage() {
    count(1, 0);
    assertThat(summary(true, kernel(0, 1_001, 3), 2).line())
        .isEqualTo(
            "1,004 packets seen: 1 row, 0 filtered, 1,003 lost (ring full 1,001, chunks missing 2)");
  }

  @Test
  void namesEverythingElseThatHappened() {
    count(1, 0);
    messages.messages += 6;
    messages.malformed = 1;
    messages.notDns = 2;
    messages.nameUnknown = 3;
    messages.unansweredRows = 4;
    messages.tcpGaps = 5;
    messages.tcpBytesDropped = 6;
    KernelCounters kernel = new KernelCounters(7, 0, 0, 0, 0, 7, 0, 8, 0, 9);
    assertThat(new TraceSummary(true, kernel, messages, 7, 0, 10, 11).line())
        .isEqualTo(
            "7 packets seen: 1 row, 0 filtered, 0 lost, 4 unanswered,"
                + " 10 still waiting for an answer, 1 malformed, 2 not DNS, 3 name unknown,"
                + " 5 gaps in TCP streams, 6 bytes of TCP given up, 11 queries forgotten before their"
                + " answer, 9 notices lost, 8 sockets without storage");
  }

  @Test
  void hasNoPluralOfOne() {
    count(1, 0);
    messages.tcpGaps = 1;
    messages.tcpBytesDropped = 1;
    KernelCounters kernel = new KernelCounters(1, 0, 0, 0, 0, 1, 0, 1, 0, 1);
    assertThat(new TraceSummary(true, kernel, messages, 1, 0, 1, 1).line())
        .isEqualTo(
            "1 packet seen: 1 row, 0 filtered, 0 lost, 1 still waiting for an answer,"
                + " 1 gap in a TCP stream, 1 byte of TCP given up, 1 query forgotten before its"
                + " answer, 1 notice lost, 1 socket without storage");
  }

  @Test
  void isLoudWhenASumIsWrongAtTheEnd() {
    count(3, 0);
    messages.rows = 2;
    TraceSummary summary = summary(true, kernel(0, 0, 3), 0);
    assertThat(summary.isBalanced()).isFalse();
    assertThat(summary.line()).contains("accounting error").contains("messages 3, rows 2");
  }

  @Test
  void doesNotJudgeSumsInMotion() {
    count(3, 0);
    messages.rows = 2;
    assertThat(summary(false, kernel(0, 0, 3), 0).line())
        .isEqualTo("3 packets seen: 2 rows, 0 filtered, 0 lost");
  }

  @Test
  void isUnbalancedWhenThePacketsReadAreNotThoseRecorded() {
    count(3, 0);
    TraceSummary summary = new TraceSummary(true, kernel(0, 0, 3), messages, 2, 0, 0, 0);
    assertThat(summary.isBalanced()).isFalse();
  }
}

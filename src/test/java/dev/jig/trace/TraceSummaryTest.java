package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.KernelCounters;
import org.junit.jupiter.api.Test;

/// The last line, and when it reports an accounting error.
final class TraceSummaryTest {
  private final Counters messages = new Counters();

  private TraceSummary summary(boolean ended, KernelCounters kernel, long incomplete) {
    return new TraceSummary(ended, kernel, messages, kernel.recorded(), incomplete, 0, 0, 0);
  }

  private static KernelCounters kernel(long skipped, long ringFull, long recorded) {
    long noPayload = 5;
    long seen = skipped + noPayload + ringFull + recorded;
    return new KernelCounters(seen, skipped, noPayload, 0, ringFull, recorded, 0, 0, 0, 0, 0, 0);
  }

  private void count(long rows, long filtered) {
    messages.messages = rows + filtered;
    messages.rows = rows;
    messages.filtered = filtered;
  }

  @Test
  void countsPacketsByOutcome() {
    count(1_200, 14);
    TraceSummary summary = summary(true, kernel(20, 0, 1_214), 0);
    assertThat(summary.isBalanced()).isTrue();
    assertThat(summary.line()).isEqualTo("1,234 packets seen: 1,200 rows, 34 filtered, 0 lost");
  }

  @Test
  void reportsLossByStage() {
    count(1, 0);
    assertThat(summary(true, kernel(0, 1_001, 3), 2).line())
        .isEqualTo(
            "1,004 packets seen: 1 row, 0 filtered, 1,003 lost (ring full 1,001, chunks missing 2)");
  }

  @Test
  void reportsAllOtherCounts() {
    count(1, 0);
    messages.messages += 6;
    messages.malformed = 1;
    messages.notDns = 2;
    messages.nameUnknown = 3;
    messages.unansweredRows = 4;
    messages.tcpGaps = 5;
    messages.tcpBytesDropped = 6;
    KernelCounters kernel = new KernelCounters(7, 0, 0, 0, 0, 7, 0, 8, 0, 9, 0, 0);
    assertThat(new TraceSummary(true, kernel, messages, 7, 0, 10, 11, 0).line())
        .isEqualTo(
            "7 packets seen: 1 row, 4 unanswered, 0 filtered, 0 lost,"
                + " 10 still waiting for an answer, 1 malformed, 2 not DNS, 3 name unknown,"
                + " 5 gaps in TCP streams, 6 bytes of TCP dropped, 11 queries evicted before their"
                + " answer, 9 notices lost, 8 sockets without storage");
  }

  @Test
  void hasNoPluralOfOne() {
    count(1, 0);
    messages.tcpGaps = 1;
    messages.tcpBytesDropped = 1;
    KernelCounters kernel = new KernelCounters(1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0);
    assertThat(new TraceSummary(true, kernel, messages, 1, 0, 1, 1, 0).line())
        .isEqualTo(
            "1 packet seen: 1 row, 0 filtered, 0 lost, 1 still waiting for an answer,"
                + " 1 gap in a TCP stream, 1 byte of TCP dropped, 1 query evicted before its"
                + " answer, 1 notice lost, 1 socket without storage");
  }

  @Test
  void reportsAnAccountingErrorOfThePipeline() {
    count(3, 0);
    messages.rows = 2;
    TraceSummary summary = summary(true, kernel(0, 0, 3), 0);
    assertThat(summary.isBalanced()).isFalse();
    assertThat(summary.line())
        .endsWith(
            " 0 lost (accounting error: 1 message is missing in the pipeline: messages 3, rows 2,"
                + " filtered 0, malformed 0, notDns 0, nameUnknown 0, containerUnknown 0,"
                + " copies 0, folded 0)");
  }

  @Test
  void reportsNoAccountingErrorWhileTheTraceRuns() {
    count(3, 0);
    messages.rows = 2;
    assertThat(summary(false, kernel(0, 0, 3), 0).line())
        .isEqualTo("3 packets seen: 2 rows, 0 filtered, 0 lost");
  }

  @Test
  void reportsPacketsThatWereRecordedAndNotRead() {
    count(3, 0);
    TraceSummary summary = new TraceSummary(true, kernel(0, 0, 3), messages, 2, 0, 0, 0, 0);
    assertThat(summary.isBalanced()).isFalse();
    assertThat(summary.line())
        .endsWith(
            " (accounting error: 1 packet is missing between kernel and reader: recorded 3,"
                + " read 2)");
  }

  @Test
  void reportsPacketsMissingInTheKernelAndThoseCountedTwice() {
    count(4, 0);
    KernelCounters kernel = new KernelCounters(7, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0);
    messages.rows = 6;
    assertThat(new TraceSummary(true, kernel, messages, 4, 0, 0, 0, 0).line())
        .endsWith(
            " (accounting error: 3 packets are missing in the kernel: seen 7, skipped 0,"
                + " no payload 0, bad 0, ring full 0, recorded 4; 2 messages are counted twice in"
                + " the pipeline: messages 4, rows 6, filtered 0, malformed 0, notDns 0,"
                + " nameUnknown 0, containerUnknown 0, copies 0, folded 0)");
  }
}

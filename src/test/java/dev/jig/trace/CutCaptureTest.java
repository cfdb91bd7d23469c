package dev.jig.trace;

import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packets;
import dev.jig.fixture.TcpMessages;
import dev.jig.golden.Messages;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// Messages of which a capture has only the begin: what is missing may have been the answer.
final class CutCaptureTest {
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(7, NAME, Type.A);
  private static final byte[] ANSWER =
      Messages.response(7, NAME, Type.A, Messages.a(NAME, "192.0.2.80"));

  private final PipelineHarness harness = new PipelineHarness();

  @Test
  void anAnswerThatWasCutAnswersItsQuery() {
    harness.send(queryOut(QUERY), responseIn(Arrays.copyOf(ANSWER, ANSWER.length - 10)));

    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 0ms");
    assertThat(harness.pipeline.counters().partlyMalformed()).isOne();
  }

  @Test
  void aQueryThatACutMessageMayAnswerIsNotUnanswered() {
    Packets unreadable = responseIn(ANSWER);
    harness.send(queryOut(QUERY));
    harness.pipeline.onUnreadable(unreadable.build());
    harness.tickMs(2 * PipelineHarness.TIMEOUT_MS);

    assertThat(harness.rowTexts()).containsExactly("Q");
  }

  @Test
  void aLostAnswerIsStillMatchedIfItComes() {
    harness.send(queryOut(QUERY));
    harness.pipeline.onUnreadable(responseIn(ANSWER).build());
    harness.send(responseIn(ANSWER).atMs(5));

    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 5ms");
  }

  @Test
  void aQuerySentAfterTheLossIsReported() {
    harness.pipeline.onUnreadable(responseIn(ANSWER).build());
    harness.send(queryOut(QUERY).atMs(1));
    harness.tickMs(2 * PipelineHarness.TIMEOUT_MS);

    assertThat(harness.rowTexts()).containsExactly("Q", "T TIMEOUT");
  }

  @Test
  void aTcpAnswerThatTheClientAcknowledgedButTheCaptureLacksLeavesNoTimeout() {
    byte[] framedQuery = TcpMessages.framed(QUERY);
    harness.send(queryOut(framedQuery).tcp(1));
    harness.send(responseIn(TcpMessages.framed(ANSWER)).tcp(1).atMs(1));
    harness.send(queryOut(framedQuery).tcp(1 + framedQuery.length).atMs(2));
    harness.pipeline.onSegmentWithoutData(
        queryOut(new byte[0]).tcp(500).ack(1 + 3 * ANSWER.length).atMs(3).build());
    harness.tickMs(2 * PipelineHarness.TIMEOUT_MS);

    assertThat(harness.rowTexts()).containsExactly("Q", "R ANSWERED 1ms", "Q");
  }
}

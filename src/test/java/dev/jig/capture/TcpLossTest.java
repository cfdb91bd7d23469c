package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.TcpMessages;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Segments that a capture lacks although they were sent: acknowledgements and SYN show it.
final class TcpLossTest {
  private static final byte[] MESSAGE = Frames.PAYLOAD;
  private static final byte[] FRAMED = TcpMessages.framed(MESSAGE);
  private static final int NEXT = 100 + FRAMED.length;

  private final List<String> seen = new ArrayList<>();
  private final TcpStreams streams = new TcpStreams();
  private final TcpStreams.MessageHandler handler =
      new TcpStreams.MessageHandler() {
        @Override
        public void onMessage(Packet packet, byte[] bytes, int offset, int length) {
          seen.add("message " + packet.bootNs() / 1_000_000);
        }

        @Override
        public void onLost(Packet segment, boolean bySender) {
          seen.add("lost by " + (bySender ? segment.source() : segment.destination()));
        }
      };

  private void response(int seq, long atMs) {
    streams.add(Packets.responseIn(FRAMED).tcp(seq).atMs(atMs).build(), handler);
  }

  private void acknowledge(int ack, long atMs) {
    streams.addEmpty(Packets.queryOut(new byte[0]).tcp(1).ack(ack).atMs(atMs).build(), handler);
  }

  @Test
  void anAcknowledgementBehindAGapEndsTheWait() {
    response(100, 1);
    response(NEXT + FRAMED.length, 2); // the second message is missing
    assertThat(seen).containsExactly("message 1");

    acknowledge(NEXT, 3);
    assertThat(seen).as("acknowledged before the gap").hasSize(1);
    acknowledge(NEXT + 2 * FRAMED.length, 4);

    assertThat(seen).containsExactly("message 1", "message 2", "lost by " + Packets.SERVER);
    assertThat(streams.gaps()).isOne();
  }

  @Test
  void aQueryAcknowledgesToo() {
    response(100, 1);
    response(NEXT + FRAMED.length, 2);
    Packets query = Packets.queryOut(FRAMED).tcp(1).ack(NEXT + 2 * FRAMED.length).atMs(3);
    streams.add(query.build(), handler);

    assertThat(seen)
        .containsExactly("message 1", "message 2", "lost by " + Packets.SERVER, "message 3");
  }

  @Test
  void whatIsMissingAtTheEndIsLostAfter100Ms() {
    response(100, 1);
    acknowledge(NEXT + FRAMED.length, 2);
    streams.expireGaps(ms(102), handler);
    assertThat(seen).containsExactly("message 1");

    streams.expireGaps(ms(120), handler);

    assertThat(seen).containsExactly("message 1", "lost by " + Packets.SERVER);
    assertThat(streams.gaps()).isOne();
    response(NEXT + FRAMED.length, 130);
    assertThat(seen).last().isEqualTo("message 130");
  }

  @Test
  void anAcknowledgementThatWasCapturedFirstIsNoLoss() {
    response(100, 1);
    acknowledge(NEXT + FRAMED.length, 2);
    response(NEXT, 3);
    streams.expireGaps(ms(500), handler);

    assertThat(seen).containsExactly("message 1", "message 3");
    assertThat(streams.gaps()).isZero();
  }

  @Test
  void theAcknowledgementOfAFinIsNoLoss() {
    response(100, 1);
    acknowledge(NEXT + 1, 2);
    streams.expireGaps(ms(500), handler);

    assertThat(streams.gaps()).isZero();
  }

  @Test
  void anAcknowledgementOfAnotherConnectionIsNoLoss() {
    response(100, 1);
    acknowledge(100 + 2 * TcpStream.WINDOW, 2);
    acknowledge(50, 3);
    streams.expireGaps(ms(500), handler);

    assertThat(streams.gaps()).isZero();
  }

  @Test
  void aSynBeginsAStreamAndShowsThatTheFirstSegmentIsMissing() {
    response(100, 1);
    streams.addEmpty(Packets.responseIn(new byte[0]).tcp(NEXT - 10).syn().atMs(2).build(), handler);
    response(NEXT - 10, 3);
    assertThat(seen).containsExactly("message 1", "message 3");
    assertThat(streams.gaps()).isZero();

    streams.addEmpty(Packets.responseIn(new byte[0]).tcp(9_000).syn().atMs(4).build(), handler);
    streams.addEmpty(Packets.responseIn(new byte[0]).tcp(9_000).syn().atMs(5).build(), handler);
    response(9_000 + FRAMED.length, 6);
    acknowledge(9_000 + 2 * FRAMED.length, 7);

    assertThat(seen).endsWith("message 6", "lost by " + Packets.SERVER);
    assertThat(streams.gaps()).isOne();
  }

  private static long ms(long ms) {
    return ms * 1_000_000;
  }
}

package dev.jig.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.agent.StreamBuffer.Batch;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.WireMessage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class StreamBufferTest {
  private static final Row EVENT = SampleEvents.query().build();

  private final StreamBuffer buffer = new StreamBuffer();

  @Test
  void returnsEventsInOrderWithSequenceNumbers() throws InterruptedException {
    offer(5);

    assertThat(take(3)).isEqualTo(new int[] {1, 3});
    assertThat(take(3)).isEqualTo(new int[] {4, 2});
    assertThat(take(3)).isEqualTo(new int[] {6, 0});
  }

  @Test
  void anEmptyBatchCarriesTheNextSequenceNumber() throws InterruptedException {
    offer(StreamBuffer.MAX_EVENTS + 3);
    take(StreamBuffer.MAX_EVENTS);

    assertThat(take(10)).isEqualTo(new int[] {StreamBuffer.MAX_EVENTS + 4, 0});
  }

  @Test
  void sendsUnacknowledgedEventsAgainAfterRewind() throws InterruptedException {
    offer(10);
    take(8);

    buffer.acknowledge(2);
    buffer.rewind(4);

    assertThat(take(100)).isEqualTo(new int[] {5, 6});
  }

  @Test
  void droppedEventsLeaveAGapInTheSequence() throws InterruptedException {
    offer(StreamBuffer.MAX_EVENTS + 100);
    take(StreamBuffer.MAX_EVENTS);

    buffer.acknowledge(StreamBuffer.MAX_EVENTS);
    offer(2);

    assertThat(buffer.dropped()).isEqualTo(100);
    assertThat(take(10)).isEqualTo(new int[] {StreamBuffer.MAX_EVENTS + 101, 2});
    assertThat(buffer.newestSequence()).isEqualTo(StreamBuffer.MAX_EVENTS + 102);
  }

  @Test
  void aBatchEndsAtASequenceGap() throws InterruptedException {
    offer(StreamBuffer.MAX_EVENTS + 1);
    take(10);
    buffer.acknowledge(10);
    offer(1);

    assertThat(take(StreamBuffer.MAX_EVENTS))
        .isEqualTo(new int[] {11, StreamBuffer.MAX_EVENTS - 10});
    assertThat(take(10)).isEqualTo(new int[] {StreamBuffer.MAX_EVENTS + 2, 1});
  }

  @Test
  void longMessagesAreBoundedByTheirBytes() throws InterruptedException {
    Row longest = EVENT.withMessage(WireMessage.of(new byte[65_535], 0, 65_535));
    int fit = StreamBuffer.MAX_BYTES / 65_535;
    for (int i = 0; i < fit + 3; i++) {
      buffer.offer(longest);
    }

    assertThat(buffer.dropped()).isEqualTo(3);
    assertThat(take(1_000)).isEqualTo(new int[] {1, StreamBuffer.BATCH_BYTES / 65_535 + 1});

    buffer.acknowledge(1);
    buffer.offer(longest);
    assertThat(buffer.dropped()).isEqualTo(3);
  }

  @Test
  void aRefusedTakeChangesNothing() throws InterruptedException {
    offer(3);

    assertThat(buffer.take(3, 0, () -> false)).isNull();
    assertThat(take(3)).isEqualTo(new int[] {1, 3});
  }

  @Test
  void waitsForAnEvent() throws InterruptedException {
    Thread offering = Thread.ofVirtual().start(() -> offer(1));

    Batch batch = buffer.take(1, TimeUnit.SECONDS.toMillis(20), () -> true);
    offering.join();

    assertThat(batch).isNotNull();
  }

  @Test
  void waitsForAFullBatch() throws InterruptedException {
    Thread offering =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 10; i++) {
                offer(1);
                LockSupport.parkNanos(1);
              }
            });

    buffer.awaitEvents(10, TimeUnit.SECONDS.toNanos(20));

    assertThat(take(100)).isEqualTo(new int[] {1, 10});
    offering.join();
  }

  @Test
  void wakeEndsTheWaitForABatch() throws InterruptedException {
    offer(1);
    buffer.wake();

    buffer.awaitEvents(2, TimeUnit.SECONDS.toNanos(20));

    assertThat(take(100)).isEqualTo(new int[] {1, 1});
  }

  private void offer(int count) {
    for (int i = 0; i < count; i++) {
      buffer.offer(EVENT);
    }
  }

  /// The first number and how many.
  private int[] take(int most) throws InterruptedException {
    Batch batch = buffer.take(most, 0, () -> true);
    return batch == null ? new int[0] : new int[] {(int) batch.first(), batch.events().size()};
  }
}

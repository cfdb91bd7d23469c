package dev.jig.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.agent.StreamBuffer.Batch;
import dev.jig.event.Row;
import dev.jig.event.RowSize;
import dev.jig.event.SampleEvents;
import dev.jig.event.WireMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class StreamBufferTest {
  private static final Row EVENT = SampleEvents.query().build();

  private final StreamBuffer buffer =
      new StreamBuffer(new StreamBuffer.Budget(StreamBuffer.Budget.MAX_BYTES, 32));

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
    takeAll();

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
    takeAll();

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

    int before = 0;
    while (before < StreamBuffer.MAX_EVENTS - 10) {
      before += take(1_000)[1];
    }
    assertThat(before).isEqualTo(StreamBuffer.MAX_EVENTS - 10);
    assertThat(take(10)).isEqualTo(new int[] {StreamBuffer.MAX_EVENTS + 2, 1});
  }

  @Test
  void longMessagesAreBoundedByTheirBytes() throws InterruptedException {
    Row longest = EVENT.withMessage(WireMessage.of(new byte[65_535], 0, 65_535));
    int fit = StreamBuffer.MAX_BYTES / RowSize.of(longest);
    for (int i = 0; i < fit + 3; i++) {
      buffer.offer(longest);
    }

    assertThat(buffer.dropped()).isEqualTo(3);
    assertThat(take(1_000)).isEqualTo(new int[] {1, StreamBuffer.BATCH_BYTES / 65_536});

    buffer.acknowledge(1);
    buffer.offer(longest);
    assertThat(buffer.dropped()).isEqualTo(3);
  }

  /// Clients that do not read: each has its own part, and takes as much of the pool as it leaves.
  @Test
  void buffersThatAreNotReadLeaveRoomForOthers() {
    int size = RowSize.of(EVENT);
    StreamBuffer.Budget budget = new StreamBuffer.Budget(3_000 * size, 10);
    List<StreamBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      buffers.add(new StreamBuffer(budget));
      offerAll(buffers.getLast(), 3_000);
    }

    assertThat(held(buffers.getFirst())).isEqualTo(100 + 2_000 / 2);
    assertThat(buffers).allSatisfy(each -> assertThat(held(each)).isGreaterThanOrEqualTo(100));
    assertThat(budget.pooled()).isBetween(1_900 * size, 2_000 * size);
    assertThat(buffers.getFirst().newestSequence()).isEqualTo(3_000);
  }

  @Test
  void aClosedBufferGivesItsBytesBack() {
    StreamBuffer.Budget budget = new StreamBuffer.Budget(3_000 * RowSize.of(EVENT), 10);
    StreamBuffer closed = new StreamBuffer(budget);
    offerAll(closed, 300);
    assertThat(budget.pooled()).isEqualTo(200 * RowSize.of(EVENT));

    closed.close();
    closed.acknowledge(50);
    offerAll(closed, 1);

    assertThat(budget.pooled()).isZero();
    assertThat(closed.dropped()).isEqualTo(1);
  }

  @Test
  void acknowledgedBytesAreGivenBack() throws InterruptedException {
    StreamBuffer.Budget budget = new StreamBuffer.Budget(3_000 * RowSize.of(EVENT), 10);
    StreamBuffer read = new StreamBuffer(budget);
    offerAll(read, 300);
    read.take(250, 0, () -> true);

    read.acknowledge(150);
    assertThat(budget.pooled()).isEqualTo(50 * RowSize.of(EVENT));
    read.acknowledge(250);
    assertThat(budget.pooled()).isZero();
  }

  private static void offerAll(StreamBuffer to, int rows) {
    for (int i = 0; i < rows; i++) {
      to.offer(EVENT);
    }
  }

  private static long held(StreamBuffer buffer) {
    return buffer.newestSequence() - buffer.dropped();
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

  /// Takes batches until there is no event; returns how many there were.
  private int takeAll() throws InterruptedException {
    int all = 0;
    for (int[] batch = take(1_000); batch[1] > 0; batch = take(1_000)) {
      all += batch[1];
    }
    return all;
  }

  /// The first number and how many.
  private int[] take(int most) throws InterruptedException {
    Batch batch = buffer.take(most, 0, () -> true);
    return batch == null ? new int[0] : new int[] {(int) batch.first(), batch.events().size()};
  }
}

package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.os.WakeUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Reads a ring in plain memory, written as kernel/bpf/ringbuf.c does.
final class RingBufferTest {
  private static final int PAGE = 4096;
  private static final int SIZE = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment consumer = arena.allocate(PAGE, 8);
  private final MemorySegment memory = arena.allocate(PAGE + 2 * SIZE, 8);
  private final WakeUp ringFd = new WakeUp();
  private final WakeUp wakeUp = new WakeUp();
  private final RingBuffer ring = ring(arena, consumer, memory, SIZE, SIZE);
  private final List<Long> got = new ArrayList<>();
  private final RecordHandler handler =
      (data, offset, length) -> {
        assertThat(length).isEqualTo(12);
        got.add(data.get(ValueLayout.JAVA_LONG, offset));
        assertThat(data.get(ValueLayout.JAVA_INT, offset + 8)).isEqualTo(7);
      };
  private long produced;

  /// @param memory the producer page, then the data twice or once and a part
  private RingBuffer ring(
      Arena owner, MemorySegment consumerPage, MemorySegment memory, long size, long maxRecord) {
    RingWindow.Mapper mapper =
        new RingWindow.Mapper() {
          @Override
          public MemorySegment map(long from, long length) {
            return memory.asSlice(PAGE + from, length).asReadOnly();
          }

          @Override
          public void unmap(MemorySegment mapped) {
            // the memory is the arena's
          }
        };
    RingWindow window = new RingWindow(mapper, PAGE, size, size, maxRecord);
    return new RingBuffer(
        owner, consumerPage, memory, window, size, maxRecord, ringFd.fd(), wakeUp);
  }

  @AfterEach
  void close() {
    ring.close();
    wakeUp.close();
    ringFd.close();
  }

  @Test
  void readsRecordsInOrderAndSkipsDiscardedOnes() {
    write(1, 0);
    write(2, RingBuffer.DISCARD);
    write(3, 0);

    int count = ring.consume(handler, 10);

    assertThat(count).isEqualTo(2);
    assertThat(got).containsExactly(1L, 3L);
    assertThat(consumerPosition()).isEqualTo(72);
    assertThat(ring.availableBytes()).isZero();
  }

  @Test
  void stopsAtABusyRecordAndResumesAfterItsCommit() {
    write(1, 0);
    long busy = write(2, RingBuffer.BUSY);
    write(3, 0);

    int before = ring.consume(handler, 10);
    commit(busy);
    int after = ring.consume(handler, 10);

    assertThat(before).isEqualTo(1);
    assertThat(after).isEqualTo(2);
    assertThat(got).containsExactly(1L, 2L, 3L);
  }

  @Test
  void readsAtMostMaxRecords() {
    write(1, 0);
    write(2, 0);

    int count = ring.consume(handler, 1);

    assertThat(count).isEqualTo(1);
    assertThat(ring.availableBytes()).isEqualTo(24);
  }

  @Test
  void readsARecordThatWrapsAroundTheEnd() {
    for (int i = 0; i < 500; i++) { // 24 bytes do not divide 4096
      write(i, 0);
      ring.consume(handler, 10);
    }

    assertThat(got).hasSize(500).isSorted().endsWith(499L);
  }

  @Test
  void publishesItsPositionEvery64Records() {
    List<Long> published = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      write(i, 0);
    }

    ring.consume((data, offset, length) -> published.add(consumerPosition()), 1000);

    assertThat(published.get(63)).isZero();
    assertThat(published.get(64)).isEqualTo(64 * 24);
    assertThat(published.get(149)).isEqualTo(128 * 24);
    assertThat(consumerPosition()).isEqualTo(150 * 24);
  }

  @Test
  void countsARecordAsReadWhenItsHandlerThrows() {
    write(1, 0);
    write(2, 0);

    assertThatThrownBy(() ->
            ring.consume(
                (data, offset, length) -> {
                  throw new IllegalStateException("handler");
                },
                10))
        .hasMessage("handler");

    ring.consume(handler, 10);
    assertThat(got).containsExactly(2L);
  }

  @Test
  void ringMemoryIsReadOnly() {
    write(1, 0);

    assertThatThrownBy(() ->
            ring.consume((data, offset, length) -> data.set(ValueLayout.JAVA_LONG, offset, 0), 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void drainWaitsForABusyRecord() throws InterruptedException {
    long busy = write(1, RingBuffer.BUSY);
    Thread producer = Thread.ofPlatform().start(() -> commit(busy));

    long count = ring.drain(handler, 10_000_000_000L);

    producer.join();
    assertThat(count).isEqualTo(1);
  }

  @Test
  void drainTimesOutOnARecordThatIsNeverCommitted() {
    write(1, 0);
    write(2, RingBuffer.BUSY);

    long count = ring.drain(handler, 1_000_000);

    assertThat(count).isEqualTo(1);
    assertThat(ring.availableBytes()).isEqualTo(24);
  }

  @Test
  void pollReturnsAtOnceWhenARecordIsReady() {
    write(1, 0);

    assertThat(ring.poll(600_000)).isTrue();
  }

  @Test
  void aWakeUpEndsTheWaitOnce() {
    wakeUp.wake();
    wakeUp.wake();

    assertThat(ring.poll(600_000)).isFalse();
    assertThat(ring.poll(0)).isFalse();
  }

  @Test
  void anotherThreadEndsTheWait() throws InterruptedException {
    Thread waker = Thread.ofPlatform().start(wakeUp::wake);

    boolean ready = ring.poll(600_000);

    waker.join();
    assertThat(ready).isFalse();
  }

  @Test
  void pollDoesNotSpinOnABusyRecord() {
    write(1, RingBuffer.BUSY);
    ringFd.wake(); // the ring's descriptor is readable
    long start = System.nanoTime();

    boolean ready = ring.poll(600_000);

    assertThat(ready).isFalse();
    assertThat(System.nanoTime() - start).isBetween(1_000_000L, 60_000_000_000L);
  }

  @Test
  void refusesARecordThatEndsBehindTheProducerPosition() {
    write(1, 0);
    setHeader(write(2, 0), 20);

    assertThatThrownBy(() -> ring.consume(handler, 10))
        .isInstanceOf(BadRecordException.class)
        .hasMessage(
            "bad ring record at position 24, length 20:"
                + " the producer is at 48, the ring has 4096 bytes");

    assertThat(got).containsExactly(1L);
    assertThat(consumerPosition()).isEqualTo(24);
  }

  @Test
  void refusesARecordLongerThanTheRing() {
    setHeader(write(1, 0), SIZE);

    assertThatThrownBy(() -> ring.consume(handler, 10))
        .isInstanceOf(BadRecordException.class)
        .hasMessageEndingWith("position 0, length 4096: the longest sample has 4088 bytes");
  }

  @Test
  void refusesADiscardedRecordOfTheLongestPossibleLength() {
    setHeader(write(1, 0), ~RingBuffer.BUSY);

    assertThatThrownBy(() -> ring.consume(handler, 10))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("length 1073741823");
  }

  @Test
  void refusesARecordLongerThanTheMappingBehindTheEnd() {
    try (Arena shorter = Arena.ofShared()) {
      MemorySegment oneWrappedPage = shorter.allocate(PAGE + 2 * SIZE + PAGE, 8);
      RingBuffer large = ring(shorter, shorter.allocate(PAGE, 8), oneWrappedPage, 2 * SIZE, PAGE);
      oneWrappedPage.set(ValueLayout.JAVA_LONG, 0, 2 * SIZE);
      oneWrappedPage.set(ValueLayout.JAVA_INT, PAGE, PAGE);

      assertThatThrownBy(() -> large.consume(handler, 10))
          .isInstanceOf(BadRecordException.class)
          .hasMessageEndingWith("length 4096: the longest sample has 4088 bytes");
    }
  }

  @Test
  void refusesAProducerPositionBehindTheConsumersOrFartherThanTheRingIsLarge() {
    write(1, 0);
    ring.consume(handler, 10);

    memory.set(ValueLayout.JAVA_LONG, 0, 8);
    assertThatThrownBy(() -> ring.consume(handler, 10)).isInstanceOf(BadRecordException.class);

    setHeader(PAGE + 24, 12);
    memory.set(ValueLayout.JAVA_LONG, 0, 24 + SIZE + 8);
    assertThatThrownBy(() -> ring.consume(handler, 10))
        .hasMessageEndingWith("the producer is at 4128, the ring has 4096 bytes");
  }

  @Test
  void readsAnEmptySample() {
    setHeader(write(1, 0), 0);
    memory.set(ValueLayout.JAVA_LONG, 0, 8);
    List<Integer> lengths = new ArrayList<>();

    int count = ring.consume((data, offset, length) -> lengths.add(length), 10);

    assertThat(count).isOne();
    assertThat(lengths).containsExactly(0);
    assertThat(consumerPosition()).isEqualTo(8);
  }

  private void setHeader(long at, int header) {
    for (long copy : mirrored(at)) {
      memory.set(ValueLayout.JAVA_INT, copy, header);
    }
  }

  private long write(long number, int flag) {
    long at = PAGE + produced % SIZE;
    put(at, 12 | flag, number);
    produced += 24;
    memory.set(ValueLayout.JAVA_LONG, 0, produced);
    return at;
  }

  private void put(long at, int header, long number) {
    for (long copy : mirrored(at)) {
      memory.set(ValueLayout.JAVA_INT, copy, header);
    }
    for (long copy : mirrored(at + 8)) {
      memory.set(ValueLayout.JAVA_LONG, copy, number);
    }
    for (long copy : mirrored(at + 16)) {
      memory.set(ValueLayout.JAVA_INT, copy, 7);
    }
  }

  /// Both offsets of a byte of data.
  private static long[] mirrored(long at) {
    long first = PAGE + (at - PAGE) % SIZE;
    return new long[] {first, first + SIZE};
  }

  private void commit(long at) {
    for (long copy : mirrored(at)) {
      ValueLayout.JAVA_INT.varHandle().setRelease(memory, copy, 12);
    }
  }

  private long consumerPosition() {
    return consumer.get(ValueLayout.JAVA_LONG, 0);
  }
}

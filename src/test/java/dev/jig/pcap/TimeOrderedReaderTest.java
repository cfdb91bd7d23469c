package dev.jig.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Packets in the order of their time.
final class TimeOrderedReaderTest {
  private static final int NS_PER_US = 1_000;
  private static final int US_PER_MS = 1_000;

  /// @param microseconds the packets' times
  private static byte[] capture(long... microseconds) {
    CaptureBuilder file = CaptureBuilder.pcap(ByteOrder.LITTLE_ENDIAN, 1);
    for (long time : microseconds) {
      file.packet(time * NS_PER_US, new byte[] {1, 2, 3}, 3);
    }
    return file.bytes();
  }

  private static TimeOrderedReader open(byte[] file, boolean sorts) throws IOException {
    return new TimeOrderedReader(
        CaptureReader.open(new ByteArrayInputStream(file), "test.pcap"), sorts);
  }

  private record Read(List<Long> times, List<Long> order, long outOfOrder) {
    static Read all(byte[] file, boolean sorts) throws IOException {
      try (TimeOrderedReader reader = open(file, sorts)) {
        List<Long> times = new ArrayList<>();
        List<Long> order = new ArrayList<>();
        CapturedPacket packet = new CapturedPacket();
        while (reader.next(packet)) {
          assertThat(packet.length()).isEqualTo(3);
          times.add(packet.timeNs() / 1_000);
          order.add(packet.orderNs() / 1_000);
        }
        return new Read(times, order, reader.outOfOrder());
      }
    }
  }

  @Test
  void sortsWithinASecond() throws IOException {
    Read read = Read.all(capture(900_000, 100_000, 500_000, 1_500_000, 1_400_000), true);

    assertThat(read.times()).containsExactly(100_000L, 500_000L, 900_000L, 1_400_000L, 1_500_000L);
    assertThat(read.order()).isEqualTo(read.times());
    assertThat(read.outOfOrder()).isZero();
  }

  @Test
  void twoClocksAreNoDisorder() throws IOException {
    Read read = Read.all(capture(10_050, 10_000, 10_900), true);

    assertThat(read.times()).containsExactly(10_050L, 10_000L, 10_900L);
    assertThat(read.order()).containsExactly(10_050L, 10_050L, 10_900L);
  }

  @Test
  void whatComesTooLateKeepsItsPlaceAndIsCounted() throws IOException {
    Read read = Read.all(capture(0, 10_000_000, 20_000_000, 30_000_000, 5_000_000), true);

    assertThat(read.times()).containsExactly(0L, 10_000_000L, 20_000_000L, 5_000_000L, 30_000_000L);
    assertThat(read.order()).isSorted();
    assertThat(read.outOfOrder()).isEqualTo(1);
  }

  @Test
  void aPipeIsNotSorted() throws IOException {
    Read read = Read.all(capture(900_000, 100_000, 950_000), false);

    assertThat(read.times()).containsExactly(900_000L, 100_000L, 950_000L);
    assertThat(read.order()).containsExactly(900_000L, 900_000L, 950_000L);
    assertThat(read.outOfOrder()).isEqualTo(1);
  }

  @Test
  void twoCapturesOneBehindTheOtherKeepTheirTimes() throws IOException {
    long hour = 3_600_000_000L;
    Read read = Read.all(capture(hour, hour + 10_000, 0, 20_000, 40_000), true);

    assertThat(read.times()).containsExactly(hour, hour + 10_000, 0L, 20_000L, 40_000L);
    assertThat(read.order()).isEqualTo(read.times());
    assertThat(read.outOfOrder()).isEqualTo(1);
  }

  @Test
  void holdsNoMoreThanItsBound() throws IOException {
    Random random = new Random(1);
    long[] times =
        LongStream.range(0, 20_000).map(i -> i * 10 + random.nextInt(20 * US_PER_MS)).toArray();
    Read read = Read.all(capture(times), true);

    assertThat(read.times()).hasSize(times.length);
    assertThat(read.order()).isSorted();
    assertThat(read.outOfOrder()).isZero();
  }

  @Test
  void holdsNoMoreBytesThanItsBound() throws IOException {
    CaptureBuilder file = CaptureBuilder.pcap(ByteOrder.LITTLE_ENDIAN, 1);
    byte[] large = new byte[60_000];
    int count = 200;
    for (int i = 0; i < count; i++) {
      file.packet(i, large, large.length);
    }
    try (TimeOrderedReader reader = open(file.bytes(), true)) {
      CapturedPacket packet = new CapturedPacket();
      assertThat(reader.next(packet)).isTrue();
      assertThat(reader.heldBytes()).isBetween(4_000_000L, 4_300_000L);
      for (int i = 1; i < count; i++) {
        assertThat(reader.next(packet)).isTrue();
      }
      assertThat(reader.next(packet)).isFalse();
      assertThat(reader.heldBytes()).isZero();
    }
  }

  @Test
  void damageIsReportedBehindThePacketsBeforeIt() throws IOException {
    byte[] whole = capture(0, 1, 2);
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    try (TimeOrderedReader reader = open(cut, true)) {
      CapturedPacket packet = new CapturedPacket();
      assertThat(reader.next(packet)).isTrue();
      assertThat(reader.next(packet)).isTrue();
      assertThatThrownBy(() -> reader.next(packet)).isInstanceOf(CaptureFormatException.class);
    }
  }
}

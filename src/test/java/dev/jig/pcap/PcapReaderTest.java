package dev.jig.pcap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PcapReaderTest {
  static final List<ByteOrder> ORDERS = List.of(BIG_ENDIAN, LITTLE_ENDIAN);

  private static final byte[] FRAME = {1, 2, 3, 4, 5};

  @ParameterizedTest
  @FieldSource("ORDERS")
  void readsMicrosecondsInBothByteOrders(ByteOrder order) throws IOException {
    byte[] file =
        CaptureBuilder.pcap(order, CaptureBuilder.ETHERNET)
            .packet(1_700_000_000_123_456_000L, FRAME)
            .packet(1_700_000_001_000_001_000L, new byte[] {6}, 1500)
            .bytes();

    assertThat(Reading.of(file).packets())
        .containsExactly(
            new Reading.Row(1, 1_700_000_000_123_456_000L, List.of(1, 2, 3, 4, 5), 5, List.of()),
            new Reading.Row(1, 1_700_000_001_000_001_000L, List.of(6), 1500, List.of()));
  }

  @ParameterizedTest
  @FieldSource("ORDERS")
  void readsNanosecondsInBothByteOrders(ByteOrder order) throws IOException {
    byte[] file =
        CaptureBuilder.pcapNanoseconds(order, CaptureBuilder.RAW)
            .packet(1_700_000_000_123_456_789L, FRAME)
            .bytes();

    assertThat(Reading.of(file).packets())
        .containsExactly(
            new Reading.Row(101, 1_700_000_000_123_456_789L, List.of(1, 2, 3, 4, 5), 5, List.of()));
  }

  @Test
  void readsTimesBeyondTheSignedSecondsOf2038() throws IOException {
    byte[] file =
        CaptureBuilder.pcap(LITTLE_ENDIAN, 1).packet(4_294_967_295_999_999_000L, FRAME).bytes();

    assertThat(Reading.of(file).packets())
        .extracting(Reading.Row::timeNs)
        .containsExactly(4_294_967_295_999_999_000L);
  }

  @Test
  void takesTheLinkTypeFromTheLowerHalfOfItsField() throws IOException {
    byte[] file = CaptureBuilder.pcap(BIG_ENDIAN, 0x5000_0001).packet(0, FRAME).bytes();

    assertThat(Reading.of(file).packets()).extracting(Reading.Row::linkType).containsExactly(1);
  }

  @Test
  void readsFramesLargerThanTheBufferAndTheStatedSnapshotLength() throws IOException {
    byte[] large = new byte[200_000];
    large[199_999] = 7;
    byte[] file = CaptureBuilder.pcap(LITTLE_ENDIAN, 1).packet(0, large).packet(1, FRAME).bytes();

    List<Reading.Row> packets = Reading.of(file).packets();

    assertThat(packets).extracting(row -> row.bytes().size()).containsExactly(200_000, 5);
    assertThat(packets.getFirst().bytes()).endsWith(0, 7);
  }

  @Test
  void aFileWithoutPacketsHasNone() throws IOException {
    assertThat(Reading.of(CaptureBuilder.pcap(BIG_ENDIAN, 1).bytes()))
        .isEqualTo(new Reading(List.of(), null));
  }

  @ParameterizedTest
  @FieldSource("ORDERS")
  void keepsPacketsReadBeforeTruncationAtEveryByte(ByteOrder order) throws IOException {
    byte[] file =
        CaptureBuilder.pcap(order, 1).packet(1, FRAME).packet(2, FRAME).packet(3, FRAME).bytes();
    List<Integer> sound = List.of(24, 45, 66, 87);

    for (int length = 0; length <= file.length; length++) {
      Reading reading = Reading.ofFirst(length, file);
      assertThat(reading.packets()).hasSize(Math.max(0, (length - 24) / 21));
      assertThat(reading.error() == null).isEqualTo(sound.contains(length));
    }
  }

  @Test
  void namesFilePlaceAndPartOfATruncation() throws IOException {
    byte[] file = CaptureBuilder.pcap(BIG_ENDIAN, 1).packet(1, FRAME).packet(2, FRAME).bytes();

    assertThat(Reading.ofFirst(63, file).error())
        .hasMessage(
            "test.pcap: byte 63: the file ends within the packet that begins at byte 45; cut off?");
  }

  @Test
  void refusesALengthBeyondTheSnapshotLength() throws IOException {
    byte[] file =
        CaptureBuilder.pcap(LITTLE_ENDIAN, 1)
            .packet(1, FRAME)
            .record(2, 0, 262_145, 262_145, FRAME)
            .bytes();

    Reading reading = Reading.of(file);

    assertThat(reading.packets()).hasSize(1);
    assertThat(reading.error())
        .hasMessage(
            "test.pcap: byte 45: a packet of 262145 captured bytes, more than the 262144 allowed");
  }

  @Test
  void refusesALengthAboveTwoGigabytes() throws IOException {
    byte[] file = CaptureBuilder.pcap(BIG_ENDIAN, 1).record(2, 0, -1, 5, FRAME).bytes();

    assertThat(Reading.of(file).error()).hasMessageContaining("4294967295 captured bytes");
  }

  @Test
  void refusesAnUnknownVersion() throws IOException {
    byte[] file = CaptureBuilder.pcap(BIG_ENDIAN, 1).bytes();
    file[5] = 3;

    assertThat(Reading.of(file).error())
        .hasMessage("test.pcap: byte 4: pcap version 3 is not known, only 2");
  }

  @Test
  void readsAFileByItsPath(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("one.pcap");
    Files.write(file, CaptureBuilder.pcap(BIG_ENDIAN, 1).packet(1000, FRAME).bytes());

    try (CaptureReader reader = CaptureReader.open(file)) {
      CapturedPacket packet = new CapturedPacket();
      assertThat(reader.next(packet)).isTrue();
      assertThat(packet.timeNs()).isEqualTo(1000);
      assertThat(reader.next(packet)).isFalse();
    }
  }

  @Test
  void namesTheFileThatIsNoCapture(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), "hello");

    assertThatThrownBy(() -> CaptureReader.open(file))
        .isInstanceOf(CaptureFormatException.class)
        .hasMessage(file + ": byte 0: begins with 68 65 6c 6c, which is neither pcap nor pcapng");
  }
}

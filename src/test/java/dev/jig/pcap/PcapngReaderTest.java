package dev.jig.pcap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PcapngReaderTest {
  static final List<ByteOrder> ORDERS = List.of(BIG_ENDIAN, LITTLE_ENDIAN);

  private static final byte[] FRAME = {1, 2, 3, 4, 5};
  private static final List<Integer> FRAME_LIST = List.of(1, 2, 3, 4, 5);
  private static final long MICROSECONDS = 1_700_000_000_123_456L;

  @ParameterizedTest
  @FieldSource("ORDERS")
  void readsEveryKindOfPacketBlockInBothByteOrders(ByteOrder order) throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(order).interfaceDescription(276, 0);
    file.enhanced(0, MICROSECONDS, FRAME, file.comment("first"), file.endOfOptions());
    file.obsolete(0, MICROSECONDS + 1, FRAME, file.comment("second"));
    file.simple(FRAME, 5);

    assertThat(Reading.of(file.bytes()).packets())
        .containsExactly(
            new Reading.Row(276, MICROSECONDS * 1000, FRAME_LIST, 5, List.of("first")),
            new Reading.Row(276, (MICROSECONDS + 1) * 1000, FRAME_LIST, 5, List.of("second")),
            new Reading.Row(276, (MICROSECONDS + 1) * 1000, FRAME_LIST, 5, List.of()));
  }

  @ParameterizedTest
  @FieldSource("ORDERS")
  void takesLinkAndClockFromThePacketsInterface(ByteOrder order) throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(order);
    file.interfaceDescription(1, 0, file.resolution(9));
    file.interfaceDescription(101, 0, file.resolution(0x80 | 10), file.offsetSeconds(1_000_000));
    file.interfaceDescription(113, 0, file.offsetSeconds(-1));
    file.enhanced(1, 1024 + 512, FRAME);
    file.enhanced(0, 1_700_000_000_123_456_789L, FRAME);
    file.enhanced(2, 2_000_003, FRAME);

    assertThat(Reading.of(file.bytes()).packets())
        .extracting(Reading.Row::linkType, Reading.Row::timeNs)
        .containsExactly(
            tuple(101, 1_000_001_500_000_000L),
            tuple(1, 1_700_000_000_123_456_789L),
            tuple(113, 1_000_003_000L));
  }

  @Test
  void eachSectionHasItsByteOrderAndInterfaces() throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(BIG_ENDIAN).interfaceDescription(1, 0);
    file.enhanced(0, 1, FRAME);
    file.section(LITTLE_ENDIAN, file.comment("the second")).interfaceDescription(101, 0);
    file.enhanced(0, 2, FRAME);
    file.section(BIG_ENDIAN).enhanced(0, 3, FRAME);

    Reading reading = Reading.of(file.bytes());

    assertThat(reading.packets()).extracting(Reading.Row::linkType).containsExactly(1, 101);
    assertThat(reading.error())
        .hasMessageContaining("a packet of interface 0, but its section has described 0");
  }

  @Test
  void skipsUnknownBlocksOfAnySize() throws IOException {
    byte[] file =
        CaptureBuilder.pcapng(LITTLE_ENDIAN)
            .block(0x0bad, new byte[0])
            .interfaceDescription(1, 0)
            .block(5, new byte[20 * 1024 * 1024])
            .enhanced(0, 1, FRAME)
            .bytes();

    assertThat(Reading.of(file))
        .isEqualTo(new Reading(List.of(new Reading.Row(1, 1000, FRAME_LIST, 5, List.of())), null));
  }

  @Test
  void aSimplePacketIsCutToTheSnapshotLengthOfTheFirstInterface() throws IOException {
    byte[] file =
        CaptureBuilder.pcapng(BIG_ENDIAN)
            .interfaceDescription(1, 3)
            .simple(new byte[] {1, 2, 3}, 900)
            .simple(new byte[] {4}, 1)
            .bytes();

    assertThat(Reading.of(file).packets())
        .containsExactly(
            new Reading.Row(1, 0, List.of(1, 2, 3), 900, List.of()),
            new Reading.Row(1, 0, List.of(4), 1, List.of()));
  }

  @ParameterizedTest
  @FieldSource("ORDERS")
  void givesCustomOptionsInTheOrderOfTheirSection(ByteOrder order) throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(order).interfaceDescription(1, 0);
    byte[] value = ByteBuffer.allocate(6).order(order).putInt(32_473).put((byte) 'o').array();
    file.enhanced(0, 1, FRAME, file.comment("é"), file.option(2988, value), file.comment("b"));

    CapturedPacket packet = new CapturedPacket();
    try (CaptureReader reader =
        CaptureReader.open(new ByteArrayInputStream(file.bytes()), "test.pcapng")) {
      assertThat(reader.next(packet)).isTrue();
    }

    assertThat(packet.options())
        .extracting(CaptureOption::code)
        .containsExactly(CaptureOption.COMMENT, CaptureOption.CUSTOM_TEXT, CaptureOption.COMMENT);
    assertThat(packet.options().get(0).text()).isEqualTo("é");
    assertThat(packet.options().get(1).value().getInt()).isEqualTo(32_473);
    assertThat(packet.options().get(2).text()).isEqualTo("b");
  }

  @Test
  void anOptionThatOverrunsItsBlockEndsTheListAndKeepsThePacket() throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(BIG_ENDIAN).interfaceDescription(1, 0);
    file.enhanced(0, 1, FRAME, file.comment("good"), new byte[] {0, 1, 0, 9, 'b', 'a', 'd', 0});

    assertThat(Reading.of(file.bytes()))
        .isEqualTo(
            new Reading(List.of(new Reading.Row(1, 1000, FRAME_LIST, 5, List.of("good"))), null));
  }

  @ParameterizedTest
  @FieldSource("ORDERS")
  void keepsPacketsReadBeforeTruncationAtEveryByte(ByteOrder order) throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(order);
    int section = file.bytes().length;
    file.interfaceDescription(1, 0, file.resolution(9), file.endOfOptions());
    int described = file.bytes().length;
    int first = file.enhanced(0, 1, FRAME, file.comment("one")).bytes().length;
    int other = file.block(4, new byte[16]).bytes().length;
    int second = file.obsolete(0, 2, FRAME).bytes().length;
    int third = file.simple(FRAME, 5).bytes().length;
    List<Integer> ends = List.of(first, second, third);
    List<Integer> sound = List.of(section, described, first, other, second, third);

    for (int length = 0; length <= third; length++) {
      int there = length;
      Reading reading = Reading.ofFirst(length, file.bytes());
      assertThat(reading.packets()).hasSize((int) ends.stream().filter(e -> e <= there).count());
      assertThat(reading.error() == null).isEqualTo(sound.contains(length));
    }
  }

  @Test
  void refusesABlockWithTwoDifferentLengths() throws IOException {
    byte[] file =
        CaptureBuilder.pcapng(BIG_ENDIAN)
            .interfaceDescription(1, 0)
            .enhanced(0, 1, FRAME)
            .block(5, new byte[8], 20, 24)
            .bytes();

    Reading reading = Reading.of(file);

    assertThat(reading.packets()).hasSize(1);
    assertThat(reading.error())
        .hasMessage(
            "test.pcap: byte 88: a block that gives its length as 20 at its start, 24 at its end");
  }

  @Test
  void refusesLengthsThatNoBlockHas() throws IOException {
    for (int length : new int[] {0, 8, 11, 13, 21}) {
      byte[] file = CaptureBuilder.pcapng(BIG_ENDIAN).block(5, new byte[8], length, 20).bytes();

      assertThat(Reading.of(file).error())
          .hasMessage(
              "test.pcap: byte 28: a block that gives its length as %d, which no block has"
                  .formatted(length));
    }
  }

  @Test
  void refusesAPacketBlockOfFourGigabytesWithoutTakingMemory() throws IOException {
    byte[] file =
        CaptureBuilder.pcapng(LITTLE_ENDIAN)
            .interfaceDescription(1, 0)
            .block(6, new byte[32], 0xfffffffc, 0xfffffffc)
            .bytes();

    assertThat(Reading.of(file).error())
        .hasMessage(
            "test.pcap: byte 48: a packet block with 4294967280 bytes of content;"
                + " 20 to 16777216 are possible");
  }

  @Test
  void refusesACapturedLengthBeyondTheBlock() throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(BIG_ENDIAN).interfaceDescription(1, 0);
    byte[] body = ByteBuffer.allocate(24).putInt(12, 5).putInt(16, 5).array();

    assertThat(Reading.of(file.block(6, body).bytes()).error())
        .hasMessage("test.pcap: byte 48: a packet of 5 captured bytes in a block with room for 4");
  }

  @Test
  void refusesAnInterfaceWithDamagedOptions() throws IOException {
    CaptureBuilder resolution = CaptureBuilder.pcapng(BIG_ENDIAN);
    resolution.interfaceDescription(1, 0, resolution.option(9, new byte[2]));
    CaptureBuilder overrun = CaptureBuilder.pcapng(BIG_ENDIAN);
    overrun.interfaceDescription(1, 0, new byte[] {0, 9, 0, 5, 6, 0, 0, 0});

    assertThat(Reading.of(resolution.bytes()).error())
        .hasMessageContaining("an interface description with a if_tsresol of 2 bytes instead of 1");
    assertThat(Reading.of(overrun.bytes()).error())
        .hasMessageContaining("an interface description with an option longer than the block");
  }

  @Test
  void refusesASectionOfUnknownByteOrderOrVersion() throws IOException {
    byte[] order = CaptureBuilder.pcapng(BIG_ENDIAN).bytes();
    order[8] = 0;
    byte[] version = CaptureBuilder.pcapng(BIG_ENDIAN).bytes();
    version[13] = 2;

    assertThat(Reading.of(order).error())
        .hasMessage(
            "test.pcap: byte 0: a section header with byte-order magic 002b3c4d"
                + " instead of 1a2b3c4d");
    assertThat(Reading.of(version).error())
        .hasMessage("test.pcap: byte 0: pcapng version 2 is not known, only 1");
  }
}

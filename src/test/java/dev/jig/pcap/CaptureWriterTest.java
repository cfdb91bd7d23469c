package dev.jig.pcap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.pcap.CaptureWriter.Statistics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CaptureWriterTest {
  private static final long TIME_NS = 1706961906123456789L;
  private static final int LINK_TYPE = 276;

  private interface Writing {
    void into(CaptureWriter writer) throws IOException;
  }

  /// One block, read without the program's own reader.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(int type, byte[] body) {
    ByteBuffer buffer() {
      return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// As `code:value`, values as text.
    List<String> options(int from) {
      List<String> options = new ArrayList<>();
      ByteBuffer in = buffer().position(from);
      for (int code = in.getShort(); code != 0; code = in.getShort()) {
        byte[] value = new byte[in.getShort() & 0xffff];
        in.get(value);
        for (int i = value.length; i % 4 != 0; i++) {
          assertThat(in.get()).as("padding").isZero();
        }
        options.add(code + ":" + new String(value, UTF_8));
      }
      assertThat(in.getShort()).as("length of the end").isZero();
      assertThat(in.remaining()).as("behind the end").isZero();
      return options;
    }
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static byte[] written(Writing writing) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CaptureWriter writer = new CaptureWriter(out);
    writer.writeHeader("ig 1", "Linux 6", LINK_TYPE, "name", "what it is");
    writing.into(writer);
    writer.flush();
    return out.toByteArray();
  }

  private static List<Block> blocks(byte[] file) {
    List<Block> blocks = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      int type = in.getInt();
      int length = in.getInt();
      assertThat(length % 4).isZero();
      byte[] body = new byte[length - 12];
      in.get(body);
      assertThat(in.getInt()).as("length at the end").isEqualTo(length);
      blocks.add(new Block(type, body));
    }
    return blocks;
  }

  @Test
  void beginsWithItsSectionAndInterface() throws IOException {
    List<Block> blocks = blocks(written(writer -> {}));

    assertThat(blocks).extracting(Block::type).containsExactly(0x0a0d0d0a, 1);
    ByteBuffer section = blocks.getFirst().buffer();
    assertThat(section.getInt()).isEqualTo(0x1a2b3c4d);
    assertThat(section.getShort()).isEqualTo((short) 1);
    assertThat(section.getShort()).isZero();
    assertThat(section.getLong()).isEqualTo(-1);
    assertThat(blocks.getFirst().options(16)).containsExactly("3:Linux 6", "4:ig 1");
    assertThat(blocks.getLast().buffer().getShort()).isEqualTo((short) LINK_TYPE);
    assertThat(blocks.getLast().options(8)).containsExactly("2:name", "3:what it is", "9:\t");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 1499, 65_556, 200_000})
  void padsFramesAndTexts(int length) throws IOException {
    byte[] frame = new byte[length];
    Arrays.fill(frame, (byte) 0xa5);
    String text = "x".repeat(length % 7);

    byte[] file =
        written(writer -> {
          writer.writePacket(TIME_NS, ByteBuffer.wrap(frame), utf8(text), utf8(text + "y"));
          writer.writePacket(TIME_NS, ByteBuffer.wrap(frame), utf8(""), null);
        });

    Block packet = blocks(file).get(2);
    assertThat(packet.type()).isEqualTo(6);
    ByteBuffer head = packet.buffer();
    assertThat(head.getInt()).isZero();
    assertThat((head.getInt() & 0xffffffffL) << 32 | head.getInt() & 0xffffffffL)
        .isEqualTo(TIME_NS);
    assertThat(head.getInt()).isEqualTo(length);
    assertThat(head.getInt()).isEqualTo(length);
    assertThat(packet.options(20 + (length + 3) / 4 * 4))
        .containsExactly("1:" + text, "2989:\ufffd~\0\0" + text + "y");
    assertThat(blocks(file).get(3).options(20 + (length + 3) / 4 * 4)).containsExactly("1:");
    Reading.Row row = Reading.of(file).packets().getFirst();
    assertThat(row.timeNs()).isEqualTo(TIME_NS);
    assertThat(row.linkType()).isEqualTo(LINK_TYPE);
    assertThat(row.bytes()).hasSize(length).allMatch(value -> value == 0xa5);
    assertThat(row.comments()).containsExactly(text);
  }

  @Test
  void writesKnownStatisticsOnly() throws IOException {
    byte[] file =
        written(writer ->
            writer.writeStatistics(
                TIME_NS, new Statistics(null, TIME_NS, 10L, null, null, 1L << 33, 0L)));

    Block statistics = blocks(file).getLast();
    assertThat(statistics.type()).isEqualTo(5);
    ByteBuffer in = statistics.buffer();
    int high = (int) (TIME_NS >>> 32);
    int low = (int) TIME_NS;
    assertThat(new int[] {in.getInt(), in.getInt(), in.getInt()}).containsExactly(0, high, low);
    assertThat(new int[] {in.getInt(), in.getInt(), in.getInt()})
        .containsExactly(3 | 8 << 16, high, low);
    assertThat(in.getInt()).isEqualTo(4 | 8 << 16);
    assertThat(in.getLong()).isEqualTo(10);
    assertThat(in.getInt()).isEqualTo(7 | 8 << 16);
    assertThat(in.getLong()).isEqualTo(1L << 33);
    assertThat(in.getInt()).isEqualTo(8 | 8 << 16);
    assertThat(in.getLong()).isZero();
    assertThat(in.getInt()).isZero();
    assertThat(in.hasRemaining()).isFalse();
  }

  @Test
  void readsCustomBlocksAndOptionsInOrder() throws IOException {
    byte[] file =
        written(writer -> {
          writer.writePacket(TIME_NS, ByteBuffer.allocate(3), utf8("a"), utf8("first"));
          writer.writeCustomBlock(utf8("b"), utf8("alone"));
          writer.writePacket(TIME_NS + 1, ByteBuffer.allocate(2), utf8("c"), null);
        });

    assertThat(customOptions(file))
        .containsExactly(
            "packet of 3 at " + TIME_NS + ": first",
            "custom block at " + TIME_NS + ": alone",
            "packet of 2 at " + (TIME_NS + 1) + ": none");
  }

  private static List<String> customOptions(byte[] file) throws IOException {
    List<String> found = new ArrayList<>();
    try (CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(file), "test")) {
      CapturedPacket packet = new CapturedPacket();
      while (reader.next(packet)) {
        String what = packet.hasFrame() ? "packet of " + packet.length() : "custom block";
        byte[] custom = packet.customBytes();
        String text = custom == null ? "none" : new String(custom, UTF_8);
        found.add(what + " at " + packet.timeNs() + ": " + text);
      }
    }
    return found;
  }

  @Test
  void skipsCustomBlocksOfOtherPrograms() throws IOException {
    byte[] file =
        CaptureBuilder.pcapng(ByteOrder.BIG_ENDIAN)
            .interfaceDescription(1, 0)
            .block(0xbad, new byte[0])
            .block(0xbad, new byte[] {0, 0, 0, 1, 1, 2, 3, 4})
            .block(0xbad, new byte[] {0, 0, 0x7e, (byte) 0xd9})
            .block(0xbad, new byte[] {0, 0, 0x7e, (byte) 0xd9, (byte) 0xff, 0, (byte) 0xff, 0})
            .enhanced(0, 5, new byte[] {7})
            .bytes();

    assertThat(customOptions(file)).containsExactly("packet of 1 at 5000: none");
  }

  @Test
  void refusesBytesLongerThanAnOption() {
    String longest = "x".repeat(CustomBytes.MAX_LENGTH);

    assertThatThrownBy(() ->
            written(writer ->
                writer.writePacket(0, ByteBuffer.allocate(0), utf8(""), utf8(longest + "x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65532");
  }

  @Test
  void readsBackTheLongestOption() throws IOException {
    String longest = "x".repeat(CustomBytes.MAX_LENGTH);

    byte[] file =
        written(writer -> {
          writer.writePacket(0, ByteBuffer.allocate(0), utf8(""), utf8(longest));
          writer.writeCustomBlock(utf8(longest), utf8(longest));
        });

    assertThat(customOptions(file))
        .containsExactly("packet of 0 at 0: " + longest, "custom block at 0: " + longest);
  }

  @Test
  void writesOnlyWholeBlocks() throws IOException {
    List<byte[]> pieces = new ArrayList<>();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            pieces.add(Arrays.copyOfRange(bytes, offset, offset + length));
          }
        };
    CaptureWriter writer = new CaptureWriter(out);
    writer.writeHeader("", "", LINK_TYPE, "", "");
    for (int i = 0; i < 1000; i++) {
      writer.writePacket(i, ByteBuffer.allocate(i), utf8("comment"), utf8("custom"));
    }
    writer.flush();

    assertThat(pieces).hasSizeGreaterThan(10).allSatisfy(CaptureWriterTest::blocks);
  }
}

package dev.jig.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileMagicTest {
  @Test
  void saysHowToUnpackAGzippedFile() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(CaptureBuilder.pcap(ByteOrder.BIG_ENDIAN, 1).bytes());
    }

    assertThat(Reading.of(packed.toByteArray()).error())
        .hasMessage(
            "test.pcap: byte 0: compressed by gzip; unpack it first: "
                + "gzip -dc FILE | ig trace dns --read -");
  }

  @ParameterizedTest
  @CsvSource({"fd377a585a00, xz", "28b52ffd00, zstd", "04224d18, lz4", "425a683931, bzip2"})
  void namesOtherCompressors(String bytes, String packer) throws IOException {
    assertThat(Reading.of(HexFormat.of().parseHex(bytes)).error())
        .hasMessageContaining("compressed by " + packer + ";");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'the file is empty, not even a capture file''s header is there'",
    "a1b2, too short for a capture file: a1 b2 is all of it",
    "00000000, 'begins with 00 00 00 00, which is neither pcap nor pcapng'",
    "a1b2c3d5, 'begins with a1 b2 c3 d5, which is neither pcap nor pcapng'"
  })
  void saysWhatAnUnknownFileBeginsWith(String bytes, String sentence) throws IOException {
    CaptureFormatException error = Reading.of(HexFormat.of().parseHex(bytes)).error();

    assertThat(error).hasMessage("test.pcap: byte 0: " + sentence);
    assertThat(error).extracting(CaptureFormatException::offset).isEqualTo(0L);
  }

  @Test
  void readsAStreamThatGivesOneByteAtATime() throws IOException {
    byte[] file = CaptureBuilder.pcap(ByteOrder.BIG_ENDIAN, 1).packet(5000, new byte[30]).bytes();
    FilterInputStream dripping =
        new FilterInputStream(new ByteArrayInputStream(file)) {
          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return super.read(into, offset, Math.min(1, length));
          }
        };

    assertThat(Reading.of(dripping)).isEqualTo(Reading.of(file));
    assertThat(Reading.of(file).packets()).hasSize(1);
  }

  @Test
  void closesTheStreamOfAFileItRefuses() throws IOException {
    boolean[] closed = {false};
    ByteArrayInputStream in =
        new ByteArrayInputStream(new byte[8]) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };

    assertThat(Reading.of(in).error()).isNotNull();

    assertThat(closed).containsExactly(true);
  }
}

package dev.jig.pcap;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class CaptureReaderPropertyTest {
  private static final byte[] FRAME = new byte[40];

  @Property
  void damageAnywhereInAPcapFileIsReportedAsSuch(
      @ForAll @IntRange(max = 150) int at, @ForAll @Size(max = 8) byte[] damage) {
    byte[] file =
        CaptureBuilder.pcap(ByteOrder.LITTLE_ENDIAN, 1).packet(1, FRAME).packet(2, FRAME).bytes();

    // The declared exception becomes a value in Reading; any other one fails here.
    assertThatCode(() -> Reading.of(overwritten(file, at, damage))).doesNotThrowAnyException();
  }

  @Property
  void damageAnywhereInAPcapngFileIsReportedAsSuch(
      @ForAll @IntRange(max = 250) int at, @ForAll @Size(max = 8) byte[] damage)
      throws IOException {
    CaptureBuilder file = CaptureBuilder.pcapng(ByteOrder.BIG_ENDIAN);
    file.interfaceDescription(1, 0, file.resolution(9), file.offsetSeconds(3));
    file.enhanced(0, 1, FRAME, file.comment("one"), file.endOfOptions());
    file.obsolete(0, 2, FRAME).simple(FRAME, 40);

    assertThatCode(() -> Reading.of(overwritten(file.bytes(), at, damage)))
        .doesNotThrowAnyException();
  }

  private static byte[] overwritten(byte[] file, int at, byte[] damage) {
    byte[] copy = file.clone();
    int from = Math.min(at, copy.length);
    System.arraycopy(damage, 0, copy, from, Math.min(damage.length, copy.length - from));
    return copy;
  }
}

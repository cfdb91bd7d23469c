package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class BpfImageTest {
  private static byte[] elf = {};

  @BeforeAll
  static void compile() throws Exception {
    elf = TestPrograms.elf("probe");
  }

  @Test
  void constantsOfEachSizeAreWrittenIntoTheImageAlone() {
    BpfImage image = BpfImage.of("probe", elf);

    image
        .setConstant("marker", 0x01020304)
        .setConstant("wide", -2L)
        .setConstant("discard_odd", true);

    ByteBuffer bytes = ByteBuffer.wrap(image.elf()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getInt(offset(image, "marker"))).isEqualTo(0x01020304);
    assertThat(bytes.getLong(offset(image, "wide"))).isEqualTo(-2);
    assertThat(bytes.get(offset(image, "discard_odd"))).isEqualTo((byte) 1);
    assertThat(ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN).getInt(offset(image, "marker")))
        .isEqualTo(1);
  }

  @Test
  void refusesAConstantThatIsUnknownOfAnotherSizeOrNotConstant() {
    BpfImage image = BpfImage.of("probe", elf);

    assertThatThrownBy(() -> image.setConstant("markr", 1)).hasMessageContaining("`markr`");
    assertThatThrownBy(() -> image.setConstant("wide", 1)).hasMessageContaining("4 bytes");
    assertThatThrownBy(() -> image.setConstant("limit", 1)).hasMessageContaining(".data");
  }

  @Test
  void refusesBytesThatAreNoBpfObject() {
    byte[] foreign = elf.clone();
    foreign[18] = 62; // EM_X86_64

    assertThatThrownBy(() -> BpfImage.of("x", new byte[100])).hasMessageContaining("no little");
    assertThatThrownBy(() -> BpfImage.of("x", foreign)).hasMessageContaining("no little");
    assertThatThrownBy(() -> BpfImage.of("x", Arrays.copyOf(elf, elf.length / 2)))
        .hasMessageContaining("cut off at " + elf.length / 2);
  }

  private static int offset(BpfImage image, String name) {
    return Objects.requireNonNull(image.symbols().find(name), name).fileOffset();
  }
}

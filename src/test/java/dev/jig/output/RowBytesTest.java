package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.fields.Width.Ellipsis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowBytesTest {
  private final RowBytes bytes = new RowBytes(1);

  @Property
  void appendsNumbersInDecimal(@ForAll long value, @ForAll @IntRange(max = 63) int shift) {
    RowBytes line = new RowBytes(1);

    line.appendNumber(value >> shift);

    assertThat(line).hasToString(Long.toString(value >> shift));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        9,
        10,
        99,
        100,
        2_147_483_647,
        2_147_483_648L,
        9_999_999_999L,
        Long.MAX_VALUE,
        -1,
        Long.MIN_VALUE
      })
  void appendsNumbersOfEveryLength(long value) {
    bytes.appendNumber(value);
    bytes.appendBlanks(1);

    assertThat(bytes).hasToString(value + " ");
  }

  @Test
  void overwritesDigitsWithLeadingZeros() {
    bytes.appendAscii("12:00:00.123456789Z");

    bytes.overwriteNumber(9, 9, 1_020);

    assertThat(bytes).hasToString("12:00:00.000001020Z");
  }

  @Property
  void cutsAndPadsAsTextsAre(
      @ForAll @IntRange(max = 60) int textLength,
      @ForAll @IntRange(min = 1, max = 50) int width,
      @ForAll Ellipsis ellipsis) {
    String text = "0123456789".repeat(6).substring(0, textLength);
    StringBuilder expected = new StringBuilder("<");
    Cells.append(expected, text, width, ellipsis);
    RowBytes line = new RowBytes(1);

    line.append('<');
    line.appendAscii(text);
    line.endCell(1, width, ellipsis);
    line.appendBlanks(70); // none of a cut text's bytes remains behind the cell

    assertThat(line).hasToString(expected + " ".repeat(70));
  }

  @Test
  void isBlankAgainAfterAWrite() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    bytes.appendText("größe…");

    bytes.writeTo(out);
    assertThat(bytes.length()).isZero();
    bytes.appendBlanks(3);
    bytes.append('|');
    bytes.writeTo(out);

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("größe…   |");
  }

  @Test
  void dropsBytesThatCouldNotBeWritten() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    bytes.appendAscii("row");

    assertThatThrownBy(() -> bytes.writeTo(broken)).hasMessage("Broken pipe");

    bytes.appendBlanks(3);
    assertThat(bytes).hasToString("   ");
  }
}

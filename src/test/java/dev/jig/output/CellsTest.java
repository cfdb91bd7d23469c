package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fields.Width.Ellipsis;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CellsTest {
  @ParameterizedTest
  @CsvSource({
    "abc, 3",
    "'', 0",
    "…, 1",
    "größe, 5",
    "名前, 4",
    "ｶﾅ, 2",
    "ＡＢ, 4",
    "한글, 4",
    "🐳, 2",
    "e\u0301, 1",
    "\u1112\u1161\u11ab, 2"
  })
  void measuresTerminalCells(String text, int cells) {
    assertThat(Cells.width(text)).isEqualTo(cells);
  }

  @ParameterizedTest
  @CsvSource({
    "minikube, 8, END, minikube",
    "minikube, 7, END, miniku…",
    "minikube, 7, MIDDLE, min…ube",
    "minikubes, 8, MIDDLE, mini…bes",
    "minikube, 2, MIDDLE, m…",
    "minikube, 1, MIDDLE, …",
    "minikube, 1, END, …",
    "ab, 4, END, 'ab  '",
    "名前名前, 8, END, 名前名前",
    "名前名前, 7, END, 名前名…",
    "名前名前, 6, END, '名前… '",
    "名前名前, 5, MIDDLE, 名…前",
    "名前名前, 4, MIDDLE, '名… '",
    "e\u0301e\u0301e\u0301, 2, END, e\u0301…",
    "e\u0301e\u0301e\u0301e\u0301, 3, MIDDLE, e\u0301…e\u0301"
  })
  void cutsToExactlyTheWidth(String text, int width, Ellipsis ellipsis, String cut) {
    assertThat(cut(text, width, ellipsis)).isEqualTo(cut);
  }

  @Property(tries = 500)
  void fillsExactlyTheWidth(
      @ForAll String text,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll Ellipsis ellipsis) {
    assertThat(Cells.width(cut(Escaping.TERMINAL.escape(text), width, ellipsis))).isEqualTo(width);
  }

  private static String cut(String text, int width, Ellipsis ellipsis) {
    StringBuilder line = new StringBuilder();
    Cells.append(line, text, width, ellipsis);
    return line.toString();
  }
}

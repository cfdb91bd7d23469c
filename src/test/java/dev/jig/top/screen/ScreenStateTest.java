package dev.jig.top.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Outcome;
import dev.jig.names.Zones;
import dev.jig.top.Key;
import dev.jig.top.KeyColumn;
import dev.jig.top.Snapshot;
import dev.jig.top.SortOrder;
import dev.jig.top.View;
import dev.jig.top.ViewSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

/// Keys and what the screen then shows, without a terminal.
final class ScreenStateTest {
  private static final long SECOND = 1_000_000_000;
  private static final ViewSpec BY_POD = ViewSpec.by(List.of(KeyColumn.POD));

  private final List<List<ViewSpec>> shown = new ArrayList<>();
  private final List<String> orders = new ArrayList<>();
  private int quits;

  private final Control control =
      new Control() {
        @Override
        public void show(List<ViewSpec> views) {
          shown.add(views);
        }

        @Override
        public void setRows(SortOrder order, int maxRows) {
          orders.add(order.text());
        }

        @Override
        public void quit() {
          quits++;
        }
      };

  private final ScreenState state =
      new ScreenState(BY_POD, SortOrder.parse("-lookups", List.of()), 20, control);

  @Test
  void enterOpensTheSelectedRowAndEscapeGoesBack() {
    state.onSnapshot(table(BY_POD, "a", "b", "c"));
    press(Command.DOWN, Command.ENTER);

    ViewSpec inside = shown.getLast().getLast();
    assertThat(shown.getLast()).hasSize(2);
    assertThat(inside.by()).containsExactly(KeyColumn.NAME);
    assertThat(inside.conditions()).extracting(ViewSpec.Condition::text).containsExactly("b");
    assertThat(screen()).contains("waiting for the first interval").contains("by name · pod b");

    press(Command.ESCAPE);
    assertThat(shown.getLast()).containsExactly(BY_POD);
    assertThat(screen()).contains("by pod").contains("1 lookups/s".replace("1", "3"));
  }

  @Test
  void theSelectionStaysOnItsRowWhenOthersMove() {
    state.onSnapshot(table(BY_POD, "a", "b", "c"));
    press(Command.DOWN);
    state.onSnapshot(table(BY_POD, "b", "c", "a"));

    assertThat(state.selectedIndex()).isZero();
    press(Command.END);
    assertThat(state.selectedIndex()).isEqualTo(2);
    press(Command.PAGE_UP, Command.UP);
    assertThat(state.selectedIndex()).isZero();
  }

  @Test
  void aTableOfAnotherViewIsIgnored() {
    state.onSnapshot(table(ViewSpec.by(List.of(KeyColumn.NAME)), "x"));

    assertThat(state.table()).isNull();
  }

  @Test
  void pauseKeepsTheTable() {
    state.onSnapshot(table(BY_POD, "a"));
    type("p");
    state.onSnapshot(table(BY_POD, "b"));
    assertThat(screen()).contains("PAUSED").contains("a ").doesNotContain("\nb ");
    type("p");
    state.onSnapshot(table(BY_POD, "b"));
    assertThat(screen()).contains("\nb ");
  }

  @Test
  void aWrongFilterIsSaidAndChangesNothing() {
    type("/");
    type("nam:x");
    press(Command.ENTER);

    assertThat(shown).isEmpty();
    assertThat(screen()).contains("There is no column \"nam\"");
  }

  @Test
  void aFilterAndKeysAreTyped() {
    type("/");
    type("qtype:AX");
    press(Command.ERASE);
    assertThat(screen()).contains("filter: qtype:A▏");
    press(Command.ENTER);
    assertThat(shown.getLast().getFirst().filter()).isEqualTo("qtype:A");

    type("b");
    for (int i = 0; i < 10; i++) {
      press(Command.ERASE);
    }
    type("namespace,name");
    press(Command.ENTER);
    assertThat(shown.getLast().getFirst().by())
        .containsExactly(KeyColumn.NAMESPACE, KeyColumn.NAME);
    assertThat(shown.getLast().getFirst().filter()).isEqualTo("qtype:A");
  }

  @Test
  void sortsByTheNextCountAndReverses() {
    type("s");
    type("r");

    assertThat(orders).containsExactly("-nx", "nx");
  }

  @Test
  void quitsAndHelps() {
    type("?");
    assertThat(screen()).contains("Enter           open it");
    type("q"); // leaves the help
    assertThat(quits).isZero();
    type("q");
    press(Command.QUIT);
    assertThat(quits).isEqualTo(2);
  }

  @Test
  void linesFitEveryTerminal() {
    state.onSnapshot(table(BY_POD, "\u001b[31mred", "漢字漢字漢字漢字漢字漢字漢字", "c"));
    for (int columns : List.of(20, 80, 120, 200)) {
      List<AttributedString> lines = new ScreenLines(state, columns, 10, true).lines();
      assertThat(lines).hasSize(10);
      assertThat(lines).allMatch(line -> line.columnLength() <= columns);
      assertThat(lines).noneMatch(line -> line.toString().contains("\u001b"));
    }
  }

  @Test
  void barsShowTheLastMinute() {
    assertThat(Sparkline.of(new long[] {0, 5, 10}, 10)).isEqualTo("▁▄█");
    assertThat(Sparkline.of(new long[] {9, 0, 0}, 2)).isEqualTo("▁▁");
    assertThat(Sparkline.of(new long[] {}, 5)).isEmpty();
  }

  private String screen() {
    StringBuilder text = new StringBuilder();
    new ScreenLines(state, 120, 20, false).lines().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private void press(Command... keys) {
    for (Command key : keys) {
      state.onKey(key, "");
    }
  }

  private void type(String text) {
    text.chars().forEach(c -> state.onKey(Command.CHARACTER, String.valueOf((char) c)));
  }

  /// A table with these keys in this order, one lookup each.
  private static Snapshot table(ViewSpec spec, String... keys) {
    View view = new View(spec, new Zones());
    for (String key : keys) {
      view.stats().add(new Key(new Object[] {key}), Outcome.OK, 1_000_000);
    }
    Snapshot table = view.snapshot(SortOrder.parse("-lookups", List.of()), 20, SECOND, 0);
    return new Snapshot(
        spec,
        table.rows().stream()
            .sorted(
                Comparator.comparingInt(
                    row -> List.of(keys).indexOf(Objects.requireNonNull(row.key()).text(0))))
            .toList(),
        keys.length,
        null,
        table.all(),
        SECOND,
        0);
  }
}

package dev.jig.top;

import dev.jig.fields.GoDuration;
import dev.jig.fields.Width.Ellipsis;
import dev.jig.output.Cells;
import dev.jig.output.Escaping;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The table as text: keys on the left, numbers aligned on the right.
public final class TopText {
  /// What stands for an absent key.
  public static final String ABSENT = "-";

  /// The keys of the row of all that was not kept.
  private static final String OTHER = "(other)";

  private static final String DIVIDER = "  ";
  private static final int MIN_KEY = 8;

  /// The width of almost all durations: on a screen their columns seldom move.
  private static final int DURATION = 6;

  private static final int MIN_WHOLE_KEY = 24;

  /// Columns that narrow screens leave out, in this order.
  private static final List<CountColumn> OPTIONAL =
      List.of(CountColumn.OK, CountColumn.P50, CountColumn.TOTAL, CountColumn.MAX, CountColumn.NX);

  private final List<CountColumn> counts = new ArrayList<>(List.of(CountColumn.values()));
  private final int[] keyWidths;
  private final Map<CountColumn, Integer> countWidths = new EnumMap<>(CountColumn.class);
  private final List<List<String>> keys = new ArrayList<>();
  private final List<List<String>> numbers = new ArrayList<>();
  private final Snapshot table;

  private TopText(Snapshot table, int columns) {
    this.table = table;
    List<TopRow> rows = new ArrayList<>(table.rows());
    if (table.other() != null) {
      rows.add(table.other());
    }
    rows.forEach(row -> keys.add(keysOf(row)));
    keyWidths = new int[table.view().by().size()];
    for (int i = 0; i < keyWidths.length; i++) {
      int column = i;
      int header = table.view().by().get(i).title().length();
      keyWidths[i] =
          keys.stream().mapToInt(row -> Cells.width(row.get(column))).reduce(header, Math::max);
    }
    for (CountColumn column : CountColumn.values()) {
      int least = column.isDuration() && columns > 0 ? DURATION : column.title().length();
      countWidths.put(
          column,
          rows.stream().mapToInt(row -> textOf(column, row).length()).reduce(least, Math::max));
    }
    if (columns > 0) {
      fit(columns);
    }
    rows.forEach(row -> numbers.add(counts.stream().map(count -> textOf(count, row)).toList()));
  }

  /// Formats a table: the header and a line for each row.
  ///
  /// @param columns of the terminal; 0: no limit, nothing is cut
  public static List<String> lines(Snapshot table, int columns) {
    TopText text = new TopText(table, columns);
    List<String> lines = new ArrayList<>();
    lines.add(
        text.line(
            table.view().by().stream().map(KeyColumn::title).toList(),
            text.counts.stream().map(CountColumn::title).toList()));
    for (int i = 0; i < text.keys.size(); i++) {
      lines.add(text.line(text.keys.get(i), text.numbers.get(i)));
    }
    return lines;
  }

  private List<String> keysOf(TopRow row) {
    List<String> texts = new ArrayList<>();
    Key key = row.key();
    for (int i = 0; i < table.view().by().size(); i++) {
      String raw = key == null ? i == 0 ? OTHER : "" : key.text(i);
      texts.add(raw.isEmpty() && key != null ? ABSENT : Escaping.TERMINAL.escape(raw));
    }
    return texts;
  }

  /// Leaves out columns, then cuts the widest keys.
  private void fit(int columns) {
    for (CountColumn column : OPTIONAL) {
      if (width() > columns && keysAreCutAt(columns)) {
        counts.remove(column);
      }
    }
    while (width() > columns) {
      int widest = 0;
      for (int i = 1; i < keyWidths.length; i++) {
        widest = keyWidths[i] > keyWidths[widest] ? i : widest;
      }
      if (keyWidths[widest] <= MIN_KEY) {
        return; // the terminal cuts the rest
      }
      keyWidths[widest]--;
    }
  }

  /// Whether keys would be cut below 24 cells.
  private boolean keysAreCutAt(int columns) {
    int wanted = 0;
    for (int width : keyWidths) {
      wanted += Math.min(width, MIN_WHOLE_KEY) + DIVIDER.length();
    }
    int rest = width();
    for (int width : keyWidths) {
      rest -= width + DIVIDER.length();
    }
    return wanted + rest > columns;
  }

  private int width() {
    int width = -DIVIDER.length();
    for (int key : keyWidths) {
      width += key + DIVIDER.length();
    }
    for (CountColumn column : counts) {
      width += widthOf(column) + DIVIDER.length();
    }
    return width;
  }

  private int widthOf(CountColumn column) {
    return countWidths.getOrDefault(column, 0);
  }

  private String line(List<String> keyTexts, List<String> numberTexts) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < keyWidths.length; i++) {
      Cells.append(line, keyTexts.get(i), keyWidths[i], Ellipsis.MIDDLE);
      line.append(DIVIDER);
    }
    for (int i = 0; i < counts.size(); i++) {
      String number = numberTexts.get(i);
      line.repeat(' ', widthOf(counts.get(i)) - number.length())
          .append(number)
          .append(i + 1 < counts.size() ? DIVIDER : "");
    }
    return line.toString();
  }

  private static String textOf(CountColumn column, TopRow row) {
    long value = column.of(row);
    return !column.isDuration()
        ? String.format(Locale.ROOT, "%,d", value)
        : row.lookups() == 0 ? ABSENT : GoDuration.formatRounded(value);
  }
}

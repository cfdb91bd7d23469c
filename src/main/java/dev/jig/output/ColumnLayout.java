package dev.jig.output;

import dev.jig.event.Row;
import dev.jig.fields.Field;
import dev.jig.fields.Width;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Computes column widths for a terminal width or without a terminal, and formats header and rows.
/// Without a terminal names are never cut: a program reads them.
public final class ColumnLayout {
  private static final int NOT_SCALED = -1;

  private final List<Field> fields;
  private final int[] widths;

  /// Made for the present widths; null until the first row after a resize.
  private @Nullable RowFormat format;

  /// The terminal width that the present widths were computed for.
  private int scaledTo = NOT_SCALED;

  private ColumnLayout(List<Field> fields, int[] widths) {
    this.fields = List.copyOf(fields);
    this.widths = widths;
  }

  /// A layout with configured widths, for output that is not a terminal.
  public static ColumnLayout configured(List<Field> fields) {
    int[] widths = fields.stream().mapToInt(field -> field.width().configured()).toArray();
    return new ColumnLayout(fields, widths);
  }

  /// A layout scaled to a terminal of `cells` cells.
  public static ColumnLayout forTerminal(List<Field> fields, int cells) {
    ColumnLayout layout = configured(fields);
    layout.resize(cells);
    return layout;
  }

  /// Scales later rows to a terminal of `cells` cells. Rows are longer than the terminal if it is
  /// narrower than the minimum widths.
  public void resize(int cells) {
    if (cells == scaledTo) {
      return;
    }
    scaledTo = cells;
    format = null;
    int budget = Math.max(cells, minCells()) - RowFormat.DIVIDER * (fields.size() - 1);
    boolean[] pinned = new boolean[widths.length];
    for (int i = 0; i < widths.length; i++) {
      pinned[i] = widthOf(i).fixed();
      widths[i] = widthOf(i).configured();
    }
    while (scaleOnce(budget, pinned)) {
      // repeat: columns pinned at a bound leave a different rest to the others
    }
    distributeRest(budget, pinned);
    trim(budget);
  }

  /// Distributes the remaining cells over the columns that are not pinned, in proportion to their
  /// configured widths; pins columns that reach a bound. Returns whether a column was pinned.
  private boolean scaleOnce(int budget, boolean[] pinned) {
    int remaining = budget;
    int weights = 0;
    for (int i = 0; i < widths.length; i++) {
      if (pinned[i]) {
        remaining -= widths[i];
      } else {
        weights += widthOf(i).configured();
      }
    }
    boolean again = false;
    for (int i = 0; i < widths.length; i++) {
      if (!pinned[i]) {
        Width width = widthOf(i);
        int share = (int) Math.floor((double) width.configured() / weights * remaining);
        int least = Math.max(1, width.min());
        int most = width.max() == 0 ? Integer.MAX_VALUE : width.max();
        widths[i] = Math.clamp(share, least, most);
        pinned[i] = widths[i] != share;
        again |= pinned[i];
      }
    }
    return again;
  }

  /// Distributes cells left by rounding, one each, from the left.
  private void distributeRest(int budget, boolean[] pinned) {
    int left = budget;
    int scalable = 0;
    for (int i = 0; i < widths.length; i++) {
      left -= widths[i];
      scalable += pinned[i] ? 0 : 1;
    }
    for (int i = 0; left > 0 && scalable > 0; i = (i + 1) % widths.length) {
      if (!pinned[i]) {
        widths[i]++;
        left--;
      }
    }
  }

  /// Takes one cell each, from the right, if the columns exceed the budget: columns pinned at their
  /// maximum in one round do not account for columns pinned at their minimum in the same round.
  private void trim(int budget) {
    int over = -budget;
    for (int width : widths) {
      over += width;
    }
    for (int i = widths.length - 1; over > 0; i = i == 0 ? widths.length - 1 : i - 1) {
      if (!widthOf(i).fixed() && widths[i] > Math.max(1, widthOf(i).min())) {
        widths[i]--;
        over--;
      }
    }
  }

  private int minCells() {
    int required = RowFormat.DIVIDER * (fields.size() - 1);
    for (Field field : fields) {
      Width width = field.width();
      required += width.fixed() ? width.configured() : Math.max(1, width.min());
    }
    return required;
  }

  private Width widthOf(int column) {
    return fields.get(column).width();
  }

  /// The width of a row in cells, including padding.
  public int cells() {
    int cells = RowFormat.DIVIDER * (fields.size() - 1);
    for (int width : widths) {
      cells += width;
    }
    return cells;
  }

  /// Formats the header without a line end.
  public String header() {
    StringBuilder line = new StringBuilder(cells());
    for (int i = 0; i < widths.length; i++) {
      if (i > 0) {
        line.repeat(' ', RowFormat.DIVIDER);
      }
      String title = fields.get(i).column().toUpperCase(Locale.ROOT);
      Cells.append(line, title, widths[i], widthOf(i).ellipsis());
    }
    return line.toString();
  }

  /// Formats a row without a line end.
  public String row(Row row) {
    RowBytes line = new RowBytes(cells());
    appendRow(line, row);
    return line.toString();
  }

  /// Appends the result of [#row].
  void appendRow(RowBytes line, Row row) {
    if (format == null) {
      format = RowFormat.of(fields, widths, scaledTo != NOT_SCALED);
    }
    format.append(line, row);
  }

  /// The present width of a column.
  int widthAt(int column) {
    return widths[column];
  }
}

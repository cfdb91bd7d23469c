package dev.jig.output;

import dev.jig.event.Row;
import dev.jig.fields.Field;
import dev.jig.output.SubjectCells.Source;
import java.util.ArrayList;
import java.util.List;

/// The cells of a row at fixed column widths, from left to right, with blanks between two.
final class RowFormat {
  /// The number of blanks.
  static final int DIVIDER = 1;

  private final CellWriter[] cells;

  RowFormat(List<CellWriter> cells) {
    this.cells = cells.toArray(CellWriter[]::new);
  }

  /// @param widths in cells, one for each field
  /// @param cutsNames whether a name longer than its column is cut
  static RowFormat of(List<Field> fields, int[] widths, boolean cutsNames) {
    AddressTextCache addresses = new AddressTextCache();
    List<CellWriter> all = new ArrayList<>();
    List<CellWriter> ofSubject = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      CellWriter cell =
          fields.get(i) == Field.NAME && !cutsNames
              ? new CellWriter.WholeTextCell(Field.NAME.value()::text, widths[i])
              : CellWriter.of(fields.get(i), widths[i], addresses);
      Source source = SubjectCells.sourceOf(fields.get(i));
      if (source == null) {
        all.add(cell);
        continue;
      }
      ofSubject.add(cell);
      if (i + 1 == widths.length || SubjectCells.sourceOf(fields.get(i + 1)) != source) {
        all.add(new SubjectCells(source, ofSubject));
        ofSubject.clear();
      }
    }
    return new RowFormat(all);
  }

  /// Appends a row without a line end.
  void append(RowBytes line, Row row) {
    for (int i = 0; i < cells.length; i++) {
      if (i > 0) {
        line.appendBlanks(DIVIDER);
      }
      cells[i].append(line, row);
    }
  }
}

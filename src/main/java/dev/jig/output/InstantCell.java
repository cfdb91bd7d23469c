package dev.jig.output;

import dev.jig.event.Row;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.Timestamp;
import dev.jig.fields.Width.Ellipsis;

/// A timestamp. Those of one second differ only in the nine digits of the fraction, so that the
/// rest is formatted once a second.
final class InstantCell implements CellWriter {
  private static final long SECOND_NS = 1_000_000_000;
  private static final int DIGITS = 9;

  private final Instant instant;
  private final int width;
  private final Ellipsis ellipsis;
  private long second;

  /// The text of an instant in [#second]; empty before the first row.
  private String text = "";

  private int fraction;

  InstantCell(Instant instant, int width, Ellipsis ellipsis) {
    this.instant = instant;
    this.width = width;
    this.ellipsis = ellipsis;
  }

  @Override
  public void append(RowBytes line, Row row) {
    int start = line.length();
    if (instant.known().test(row)) {
      long timestampNs = instant.get().applyAsLong(row);
      updateSecond(timestampNs);
      line.appendAscii(text);
      line.overwriteNumber(start + fraction, DIGITS, Math.floorMod(timestampNs, SECOND_NS));
    }
    line.endCell(start, width, ellipsis);
  }

  private void updateSecond(long timestampNs) {
    long current = Math.floorDiv(timestampNs, SECOND_NS);
    if (current != second || text.isEmpty()) {
      second = current;
      text = Timestamp.format(timestampNs);
      fraction = text.indexOf('.') + 1;
    }
  }
}

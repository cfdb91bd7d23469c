package dev.jig.output;

import dev.jig.event.Row;
import dev.jig.fields.FieldValue.Duration;
import dev.jig.fields.GoDuration;
import dev.jig.fields.Width.Ellipsis;

/// A duration in Go's form. The text is built in one reused buffer; its only character beyond ASCII
/// is the `µ` of `µs`.
final class DurationCell implements CellWriter {
  private static final int ASCII_END = 0x80;

  private final Duration duration;
  private final int width;
  private final Ellipsis ellipsis;
  private final StringBuilder text = new StringBuilder(32);

  DurationCell(Duration duration, int width, Ellipsis ellipsis) {
    this.duration = duration;
    this.width = width;
    this.ellipsis = ellipsis;
  }

  @Override
  public void append(RowBytes line, Row row) {
    if (!duration.known().test(row)) {
      line.appendBlanks(width);
      return;
    }
    text.setLength(0);
    GoDuration.append(text, duration.get().applyAsLong(row));
    int length = text.length();
    if (length > width) {
      line.appendCell(text.toString(), width, ellipsis);
      return;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ASCII_END) {
        line.append(c);
      } else {
        line.appendText(String.valueOf(c));
      }
    }
    line.appendBlanks(width - length);
  }
}

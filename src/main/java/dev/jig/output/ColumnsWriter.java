package dev.jig.output;

import dev.jig.event.Row;
import java.io.IOException;
import java.io.OutputStream;

/// Writes rows as a table with one header. The layout may be resized between rows. The stream
/// receives whole rows, some KiB at a time.
public final class ColumnsWriter implements RowWriter {
  private static final int CAPACITY = 16 * 1024;

  private final ColumnLayout layout;
  private final OutputStream out;
  private final RowBytes rows = new RowBytes(CAPACITY);

  public ColumnsWriter(OutputStream out, ColumnLayout layout) {
    this.out = out;
    this.layout = layout;
  }

  @Override
  public void begin() throws IOException {
    rows.appendText(layout.header());
    endRow();
  }

  @Override
  public void writeRow(Row row) throws IOException {
    layout.appendRow(rows, row);
    endRow();
  }

  private void endRow() throws IOException {
    rows.append('\n');
    if (rows.length() > CAPACITY / 2) {
      rows.writeTo(out);
    }
  }

  @Override
  public void warn(String message) {
    // not part of a table; printed on stderr
  }

  @Override
  public void flush() throws IOException {
    rows.writeTo(out);
    out.flush();
  }
}

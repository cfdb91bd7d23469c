package dev.jig.output;

import dev.jig.event.Row;
import java.io.IOException;
import java.io.OutputStream;

/// Writes rows as a table with one header. The layout may be resized between rows.
public final class ColumnsWriter implements RowWriter {
  private final ColumnLayout layout;
  private final Utf8Output out;
  private final StringBuilder line = new StringBuilder(256);

  public ColumnsWriter(OutputStream out, ColumnLayout layout) {
    this.out = new Utf8Output(out);
    this.layout = layout;
  }

  @Override
  public void begin() throws IOException {
    out.append(layout.header());
    out.append("\n");
  }

  @Override
  public void writeRow(Row event) throws IOException {
    line.setLength(0);
    layout.appendRow(line, event);
    out.append(line.append('\n'));
  }

  @Override
  public void warn(String message) {
    // not part of a table; printed on stderr
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}

package dev.jig.output.json;

import dev.jig.event.Row;
import dev.jig.output.RowWriter;
import java.io.IOException;
import java.io.OutputStream;

/// Writes rows as JSON lines.
public final class JsonLinesWriter implements RowWriter {
  private final JsonLinesDocument document;
  private final CachedSections sections;
  private final DocumentWriter warnings;

  public JsonLinesWriter(OutputStream out) {
    document = new JsonLinesDocument(out);
    sections = new CachedSections(document);
    warnings = new DocumentWriter(document);
  }

  @Override
  public void begin() {
    // nothing precedes the first object
  }

  @Override
  public void writeRow(Row row) throws IOException {
    document.begin();
    sections.writeAll(row);
    document.end();
  }

  @Override
  public void warn(String message) throws IOException {
    warnings.warn(message);
  }

  @Override
  public long malformedRows() {
    return sections.malformedRows();
  }

  @Override
  public void flush() throws IOException {
    document.flush();
  }
}

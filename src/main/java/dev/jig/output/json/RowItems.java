package dev.jig.output.json;

import dev.jig.event.Row;
import java.io.IOException;

/// Writes rows as items of a list within a document: the same objects as with `-o json`.
public final class RowItems {
  private final Document document;
  private final FieldSections sections;

  public RowItems(Document document) {
    this.document = document;
    this.sections = new FieldSections(document);
  }

  /// Writes a row. The list has begun.
  public void write(Row row) throws IOException {
    document.beginItem();
    sections.writeAll(row);
    document.endItem();
  }
}

package dev.jig.output.json;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.output.Escaping;
import dev.jig.output.RowWriter;
import java.io.IOException;

/// Writes each row as one object of [FieldSections].
public final class DocumentWriter implements RowWriter {
  private static final SerializedString TYPE = new SerializedString("type");
  private static final SerializedString MESSAGE = new SerializedString("message");

  private final Document document;
  private final RowSections sections;

  public DocumentWriter(Document document) {
    this.document = document;
    sections = new FieldSections(document);
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
    document.begin();
    document.writeAscii(TYPE, "warn");
    document.writeText(MESSAGE, message);
    document.end();
  }

  @Override
  public long malformedRows() {
    return sections.malformedRows();
  }

  @Override
  public void flush() throws IOException {
    document.flush();
  }

  /// Writes the members of a subject's container into an object that has begun.
  public static void writeContainer(Document document, Subject subject) throws IOException {
    new FieldSections(document).writeContainer(Query.ofSubject(subject));
  }

  /// Encodes a key. Kubernetes allows only printable ASCII in label keys; other characters are
  /// escaped as for a terminal.
  public static SerializedString key(String raw) {
    return new SerializedString(Escaping.TERMINAL.escape(raw));
  }
}

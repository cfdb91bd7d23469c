package dev.jig.output.json;

import dev.jig.event.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// Encodes sections of rows as bytes, for caches.
final class SectionSerializer {
  /// Sufficient for most sections.
  private static final int CAPACITY = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(CAPACITY);
  private final JsonLinesDocument object = new JsonLinesDocument(bytes, CAPACITY);
  private final FieldSections sections = new FieldSections(object);

  /// Writes one section of a row.
  @FunctionalInterface
  interface Section {
    void write(FieldSections sections, Row row) throws IOException;
  }

  /// The members of a section as in a JSON line, without surrounding braces.
  byte[] serialize(Section section, Row row) throws IOException {
    bytes.reset();
    object.begin();
    section.write(sections, row);
    object.end();
    object.flush();
    return Arrays.copyOfRange(bytes.toByteArray(), 1, bytes.size() - 2);
  }
}

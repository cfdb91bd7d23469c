package dev.jig.output.json;

import dev.jig.event.DnsEvent;
import dev.jig.output.json.DocumentWriter.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// Makes sections of rows as bytes, for those who keep them and copy them into many rows.
final class SectionSerializer {
  /// What a section takes as a rule.
  private static final int CAPACITY = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(CAPACITY);
  private final JsonLinesDocument object = new JsonLinesDocument(bytes, CAPACITY);
  private final DocumentWriter writer = new DocumentWriter(object);

  /// One section's members as they stand in a line of JSON, without the braces around them.
  byte[] serialize(Section section, DnsEvent event) throws IOException {
    bytes.reset();
    object.begin();
    writer.write(section, event);
    object.end();
    object.flush();
    return Arrays.copyOfRange(bytes.toByteArray(), 1, bytes.size() - 2);
  }
}

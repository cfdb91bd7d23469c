package dev.jig.top;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.jig.output.Escaping;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// Tables as JSON: one array a line, an object for each row. Keys are those of `--by`, then
/// `lookups ok nx failed noAnswer p50 p95 max total`; durations are nanoseconds. An absent key is
/// null. The lookups of keys that were not kept are the last object, without keys and with
/// `"other":true`.
public final class TopJson {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .rootValueSeparator("")
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private final JsonGenerator json;

  public TopJson(OutputStream out) throws IOException {
    json = FACTORY.createGenerator(out, JsonEncoding.UTF8);
  }

  /// Writes a line, and flushes.
  public void write(Snapshot table) throws IOException {
    json.writeStartArray();
    for (TopRow row : table.rows()) {
      writeRow(table, row);
    }
    if (table.other() != null) {
      writeRow(table, table.other());
    }
    json.writeEndArray();
    json.writeRaw('\n');
    json.flush();
  }

  private void writeRow(Snapshot table, TopRow row) throws IOException {
    json.writeStartObject();
    Key key = row.key();
    if (key == null) {
      json.writeBooleanField("other", true);
    } else {
      for (int i = 0; i < key.size(); i++) {
        json.writeFieldName(table.view().by().get(i).text());
        writeValue(key.value(i));
      }
    }
    for (CountColumn column : CountColumn.values()) {
      json.writeNumberField(column.text(), column.of(row));
    }
    json.writeEndObject();
  }

  private void writeValue(@Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else {
      json.writeRawValue('"' + Escaping.JSON.escape(value.toString()) + '"');
    }
  }
}

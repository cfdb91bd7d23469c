package dev.jig.output.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import dev.jig.output.Escaping;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// JSON objects, each followed by a line feed.
public final class JsonDocument implements Document {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .rootValueSeparator("")
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private final JsonGenerator json;

  private JsonDocument(JsonGenerator json) {
    this.json = json;
  }

  /// One line per object.
  public static JsonDocument compact(OutputStream out) throws IOException {
    return new JsonDocument(FACTORY.createGenerator(out, JsonEncoding.UTF8));
  }

  /// One line per key, indented by two spaces.
  public static JsonDocument pretty(OutputStream out) throws IOException {
    JsonDocument document = compact(out);
    document.json.setPrettyPrinter(prettyPrinter());
    return document;
  }

  private static PrettyPrinter prettyPrinter() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    Separators separators =
        Separators.createDefaultInstance()
            .withRootSeparator("")
            .withObjectFieldValueSpacing(Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    return printer;
  }

  @Override
  public void begin() throws IOException {
    json.writeStartObject();
  }

  @Override
  public void end() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
  }

  @Override
  public void beginObject(SerializableString key) throws IOException {
    json.writeFieldName(key);
    json.writeStartObject();
  }

  @Override
  public void endObject() throws IOException {
    json.writeEndObject();
  }

  @Override
  public void writeText(SerializableString key, String value) throws IOException {
    json.writeFieldName(key);
    writeEscaped(value);
  }

  private void writeEscaped(String value) throws IOException {
    String escaped = Escaping.JSON.escape(value);
    if (escaped.equals(value)) {
      json.writeString(value);
    } else {
      json.writeRawValue('"' + escaped + '"');
    }
  }

  @Override
  public void writeAscii(SerializableString key, String value) throws IOException {
    json.writeFieldName(key);
    json.writeString(value);
  }

  @Override
  public void writeNumber(SerializableString key, long value) throws IOException {
    json.writeFieldName(key);
    json.writeNumber(value);
  }

  @Override
  public void writeTrue(SerializableString key) throws IOException {
    json.writeFieldName(key);
    json.writeBoolean(true);
  }

  @Override
  public void writeAsciiList(SerializableString key, List<String> values) throws IOException {
    json.writeFieldName(key);
    json.writeStartArray();
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  @Override
  public void writeTextList(SerializableString key, List<String> values) throws IOException {
    json.writeFieldName(key);
    json.writeStartArray();
    for (String value : values) {
      writeEscaped(value);
    }
    json.writeEndArray();
  }

  @Override
  public void writeNumberList(SerializableString key, List<Integer> values) throws IOException {
    json.writeFieldName(key);
    json.writeStartArray();
    for (int value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  @Override
  public void beginList(SerializableString key) throws IOException {
    json.writeFieldName(key);
    json.writeStartArray();
  }

  @Override
  public void beginItem() throws IOException {
    json.writeStartObject();
  }

  @Override
  public void endItem() throws IOException {
    json.writeEndObject();
  }

  @Override
  public void endList() throws IOException {
    json.writeEndArray();
  }

  /// Begins an array; following objects are its elements.
  public void beginArray() throws IOException {
    json.writeStartArray();
  }

  public void endArray() throws IOException {
    json.writeEndArray();
    json.writeRaw('\n');
  }

  @Override
  public void flush() throws IOException {
    json.flush();
  }
}

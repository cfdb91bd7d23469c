package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import java.io.IOException;
import java.util.List;

/// A sequence of objects with keys and values, written as JSON or YAML. Texts are raw: the document
/// escapes them.
public interface Document {
  void begin() throws IOException;

  void end() throws IOException;

  void beginObject(SerializableString key) throws IOException;

  void endObject() throws IOException;

  /// Writes text from outside this program.
  void writeText(SerializableString key, String value) throws IOException;

  /// Writes text of printable ASCII without quotes and backslashes.
  void writeAscii(SerializableString key, String value) throws IOException;

  void writeNumber(SerializableString key, long value) throws IOException;

  /// Writes `true`; false values are omitted.
  void writeTrue(SerializableString key) throws IOException;

  /// Writes a list of printable ASCII texts.
  void writeAsciiList(SerializableString key, List<String> values) throws IOException;

  /// Writes a list of texts from outside this program.
  void writeTextList(SerializableString key, List<String> values) throws IOException;

  void writeNumberList(SerializableString key, List<Integer> values) throws IOException;

  /// Begins a list of objects.
  void beginList(SerializableString key) throws IOException;

  void beginItem() throws IOException;

  void endItem() throws IOException;

  void endList() throws IOException;

  void flush() throws IOException;
}

package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import java.io.IOException;
import java.util.List;

/// Takes one object of keys and values after the other; JSON and YAML each write it their way.
/// Texts are raw: a document escapes them.
public interface Document {
  void begin() throws IOException;

  void end() throws IOException;

  void beginObject(SerializableString key) throws IOException;

  void endObject() throws IOException;

  /// A text from outside.
  void writeText(SerializableString key, String value) throws IOException;

  /// A text of printable ASCII without quotes and backslashes.
  void writeAscii(SerializableString key, String value) throws IOException;

  void writeNumber(SerializableString key, long value) throws IOException;

  /// A yes; a no is not written.
  void writeTrue(SerializableString key) throws IOException;

  /// Words as a list.
  void writeAsciiList(SerializableString key, List<String> values) throws IOException;

  /// Opens a list of objects.
  void beginList(SerializableString key) throws IOException;

  void beginItem() throws IOException;

  void endItem() throws IOException;

  void endList() throws IOException;

  void flush() throws IOException;
}

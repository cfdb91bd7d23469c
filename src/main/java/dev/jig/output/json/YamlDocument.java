package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import dev.jig.output.Escaping;
import dev.jig.output.Utf8Output;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// YAML documents, each preceded by `---`. A text is double-quoted unless every YAML 1.1 or 1.2
/// parser reads it as a string.
public final class YamlDocument implements Document {
  private static final Set<String> RESERVED =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private final Utf8Output out;
  private final StringBuilder text = new StringBuilder(1024);
  private int depth;
  private boolean isObjectEmpty;

  /// Whether the list that was begun last has no item.
  private boolean isListEmpty;

  /// Whether the next key is the first of a list item.
  private boolean startsItem;

  public YamlDocument(OutputStream out) {
    this.out = new Utf8Output(out);
  }

  @Override
  public void begin() {
    text.append("---\n");
    depth = 0;
    isObjectEmpty = true;
  }

  @Override
  public void end() throws IOException {
    out.append(text);
    text.setLength(0);
  }

  @Override
  public void beginObject(SerializableString key) {
    appendKey(key);
    text.append('\n');
    depth++;
    isObjectEmpty = true;
  }

  @Override
  public void endObject() {
    depth--;
    if (isObjectEmpty) {
      text.setLength(text.length() - 1);
      text.append(" {}\n");
    }
    isObjectEmpty = false;
  }

  @Override
  public void writeText(SerializableString key, String value) {
    appendKey(key);
    text.append(' ').append(scalar(value)).append('\n');
  }

  @Override
  public void writeAscii(SerializableString key, String value) {
    writeText(key, value);
  }

  @Override
  public void writeNumber(SerializableString key, long value) {
    appendKey(key);
    text.append(' ').append(value).append('\n');
  }

  @Override
  public void writeTrue(SerializableString key) {
    appendKey(key);
    text.append(" true\n");
  }

  @Override
  public void writeAsciiList(SerializableString key, List<String> values) {
    appendKey(key);
    text.append('\n');
    for (String value : values) {
      text.repeat("  ", depth).append("- ").append(scalar(value)).append('\n');
    }
  }

  @Override
  public void writeTextList(SerializableString key, List<String> values) {
    writeAsciiList(key, values);
  }

  @Override
  public void writeNumberList(SerializableString key, List<Integer> values) {
    appendKey(key);
    text.append('\n');
    for (int value : values) {
      text.repeat("  ", depth).append("- ").append(value).append('\n');
    }
  }

  @Override
  public void beginList(SerializableString key) {
    appendKey(key);
    text.append('\n');
    isListEmpty = true;
  }

  @Override
  public void beginItem() {
    isListEmpty = false;
    depth++;
    startsItem = true;
  }

  @Override
  public void endItem() {
    depth--;
  }

  @Override
  public void endList() {
    if (isListEmpty) {
      text.setLength(text.length() - 1);
      text.append(" []\n");
      isListEmpty = false;
    }
    isObjectEmpty = false;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  private void appendKey(SerializableString key) {
    if (startsItem) {
      text.repeat("  ", depth - 1).append("- ");
    } else {
      text.repeat("  ", depth);
    }
    startsItem = false;
    text.append(scalar(key.getValue())).append(':');
    isObjectEmpty = false;
  }

  private static String scalar(String value) {
    boolean plain = isPlainScalar(value) && !RESERVED.contains(value.toLowerCase(Locale.ROOT));
    return plain ? value : '"' + Escaping.YAML.escape(value) + '"';
  }

  /// Letters, digits, `.`, `_`, `-` and `/`; the first character excludes numbers, dates, addresses
  /// and `-`.
  private static boolean isPlainScalar(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean first = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '/';
      if (!first && (i == 0 || !(c >= '0' && c <= '9' || c == '.' || c == '-'))) {
        return false;
      }
    }
    return !value.isEmpty();
  }
}

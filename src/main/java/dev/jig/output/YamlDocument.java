package dev.jig.output;

import com.fasterxml.jackson.core.SerializableString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// YAML documents, each begun by `---`. A text is double-quoted unless it can be nothing but a text
/// to any reader (YAML 1.1 and 1.2).
final class YamlDocument implements Document {
  /// Begins with a letter, so it is no number, date or address.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_][A-Za-z0-9._/-]*");

  private static final Set<String> RESERVED =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private final Utf8Buffer out;
  private final StringBuilder text = new StringBuilder(1024);
  private int depth;
  private boolean empty;

  YamlDocument(OutputStream out) {
    this.out = new Utf8Buffer(out);
  }

  @Override
  public void begin() {
    text.append("---\n");
    depth = 0;
    empty = true;
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
    empty = true;
  }

  @Override
  public void endObject() {
    depth--;
    if (empty) {
      text.setLength(text.length() - 1);
      text.append(" {}\n");
    }
    empty = false;
  }

  @Override
  public void text(SerializableString key, String value) {
    appendKey(key);
    text.append(' ').append(scalar(value)).append('\n');
  }

  @Override
  public void word(SerializableString key, String value) {
    text(key, value);
  }

  @Override
  public void number(SerializableString key, long value) {
    appendKey(key);
    text.append(' ').append(value).append('\n');
  }

  @Override
  public void yes(SerializableString key) {
    appendKey(key);
    text.append(" true\n");
  }

  @Override
  public void words(SerializableString key, List<String> values) {
    appendKey(key);
    text.append('\n');
    for (String value : values) {
      text.repeat("  ", depth).append("- ").append(scalar(value)).append('\n');
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  private void appendKey(SerializableString key) {
    text.repeat("  ", depth).append(scalar(key.getValue())).append(':');
    empty = false;
  }

  private static String scalar(String value) {
    boolean plain =
        PLAIN.matcher(value).matches() && !RESERVED.contains(value.toLowerCase(Locale.ROOT));
    return plain ? value : '"' + Escaping.YAML.escape(value) + '"';
  }
}

package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.event.Cause;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes the cause of a row or an attempt as an object.
final class CauseWriter {
  private static final SerializableString REASON = new SerializedString("reason");
  private static final SerializableString TEXT = new SerializedString("text");
  private static final SerializableString AT = new SerializedString("at");

  private CauseWriter() {}

  /// Writes nothing for null.
  static void write(Document document, SerializableString key, @Nullable Cause cause)
      throws IOException {
    if (cause == null) {
      return;
    }
    document.beginObject(key);
    document.writeAscii(REASON, cause.reason());
    document.writeAscii(TEXT, cause.text());
    document.writeAscii(AT, cause.at().name().toLowerCase(Locale.ROOT));
    document.endObject();
  }
}

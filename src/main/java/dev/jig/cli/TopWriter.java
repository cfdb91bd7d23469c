package dev.jig.cli;

import dev.jig.output.Utf8Output;
import dev.jig.top.Snapshot;
import dev.jig.top.TopJson;
import dev.jig.top.TopText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Writes tables one after the other, as text or JSON. After a failed write all are dropped.
final class TopWriter {
  private final RowStream stream;
  private final WriteFailure failure;
  private final Runnable onFailure;
  private final @Nullable TopJson json;
  private final Utf8Output text;
  private boolean isFirst = true;

  /// @param onFailure called once, when a write has failed
  TopWriter(RowStream stream, boolean isJson, Runnable onFailure) {
    this.stream = stream;
    this.failure = new WriteFailure(stream, "cannot write the table");
    this.onFailure = onFailure;
    this.text = new Utf8Output(stream);
    try {
      this.json = isJson ? new TopJson(stream) : null;
    } catch (IOException e) {
      throw Failures.ofFile("cannot write the table", e);
    }
  }

  /// Writes a table and flushes.
  void write(Snapshot table) {
    if (failure.hasOccurred()) {
      return;
    }
    try {
      if (json != null) {
        json.write(table);
      } else {
        writeText(table);
      }
      stream.flush();
    } catch (IOException e) {
      fail(e);
    }
  }

  private void writeText(Snapshot table) throws IOException {
    text.append(isFirst ? "" : "\n");
    isFirst = false;
    for (String line : TopText.lines(table, stream.terminalColumns().orElse(0))) {
      text.append(line);
      text.append("\n");
    }
    text.flush();
  }

  /// Finds out whether the reader of a pipe has left.
  void checkReader() {
    if (!failure.hasOccurred() && stream.isReaderGone()) {
      fail(new IOException("Broken pipe"));
    }
  }

  private void fail(IOException e) {
    failure.set(e);
    onFailure.run();
  }

  boolean isBlocked() {
    return stream.isBlocked();
  }

  boolean isReaderGone() {
    return failure.isReaderGone();
  }

  void throwIfError() {
    failure.throwIfError();
  }
}

package dev.jig.output;

import dev.jig.event.Row;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Writes rows in one format, as UTF-8, to a stream. Output may be buffered until [#flush]. For one
/// thread.
public interface RowWriter {
  /// Writes what precedes the first row.
  void begin() throws IOException;

  /// Writes one row.
  void writeRow(Row row) throws IOException;

  /// Reports a problem within the output: JSON and YAML write an object of type `warn`, other
  /// formats nothing (stderr has the message, too).
  void warn(String message) throws IOException;

  /// Reports lost events within the output.
  default void reportLost(long count) throws IOException {
    warn("lost " + count + " samples");
  }

  /// How many rows so far say that their message is malformed; 0 where the format does not say it.
  default long malformedRows() {
    return 0;
  }

  /// Writes totals after the last row, if the format has them.
  ///
  /// @param received number of packets captured; null if unknown
  default void end(@Nullable Long received) throws IOException {}

  /// Writes buffered output to the stream and flushes it.
  void flush() throws IOException;
}

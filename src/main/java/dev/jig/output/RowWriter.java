package dev.jig.output;

import dev.jig.event.DnsEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Writes rows in one format as UTF-8 to a stream given to it. What is written may stay in a buffer
/// until [#flush]. Used by one thread.
public interface RowWriter {
  /// Writes what stands before the first row.
  void begin() throws IOException;

  /// Writes one row.
  void writeRow(DnsEvent event) throws IOException;

  /// Says, where the format has a place for it, that something went wrong: JSON and YAML write an
  /// object of type `warn`; the others have no place, stderr is for that.
  void warn(String message) throws IOException;

  /// Says the same way that events were lost.
  default void reportLost(long count) throws IOException {
    warn("lost " + count + " samples");
  }

  /// Says, where the format has a place for it, how much there was in all: the last word.
  ///
  /// @param received packets seen, whatever became of them; null if that is not known
  default void end(@Nullable Long received) throws IOException {}

  /// Hands everything written so far to the stream.
  void flush() throws IOException;
}

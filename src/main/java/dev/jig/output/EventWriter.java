package dev.jig.output;

import dev.jig.event.DnsEvent;
import java.io.IOException;

/// Writes rows in one format as UTF-8 to a stream given to it. What is written may stay in a buffer
/// until [#flush]. Used by one thread.
public interface EventWriter {
  /// Writes what stands before the first row.
  void begin() throws IOException;

  /// Writes one row.
  void event(DnsEvent event) throws IOException;

  /// Says, where the format has a place for it, that something went wrong: JSON and YAML write an
  /// object of type `warn`; columns have no place, stderr is for that.
  void warn(String message) throws IOException;

  /// Says the same way that events were lost.
  default void lost(long count) throws IOException {
    warn("lost " + count + " samples");
  }

  /// Hands everything written so far to the stream.
  void flush() throws IOException;
}

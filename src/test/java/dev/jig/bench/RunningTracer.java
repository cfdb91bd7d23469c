package dev.jig.bench;

import java.io.IOException;

/// A program that traces; killed when closed.
interface RunningTracer extends AutoCloseable {
  long pid();

  /// Ends it regularly and returns how many packets it reports as lost.
  long stop() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}

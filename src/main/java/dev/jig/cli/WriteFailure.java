package dev.jig.cli;

import dev.jig.event.UserFacingException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The first failed write to an output: the reader of a pipe may have left, which is no error.
final class WriteFailure {
  private final RowStream stream;
  private final String what;
  private @Nullable IOException failure;
  private boolean readerGone;

  /// @param what such as `cannot write rows`
  WriteFailure(RowStream stream, String what) {
    this.stream = stream;
    this.what = what;
  }

  void set(IOException e) {
    failure = e;
    // the message of EPIPE is localized: ask the pipe first
    readerGone = stream.isReaderGone() || String.valueOf(e.getMessage()).contains("Broken pipe");
  }

  boolean hasOccurred() {
    return failure != null;
  }

  boolean isReaderGone() {
    return readerGone;
  }

  /// Reports the failure.
  ///
  /// @throws UserFacingException if a write failed for another reason than a reader that has left
  void throwIfError() {
    if (failure != null && !readerGone) {
      throw Failures.ofFile(what, failure);
    }
  }
}

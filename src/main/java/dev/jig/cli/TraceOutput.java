package dev.jig.cli;

import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.trace.TraceSummary;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a gadget does with the rows of a trace. The defaults are those of one that writes nothing.
/// Called by the thread that traces, unless a method says otherwise.
interface TraceOutput extends Consumer<Row> {
  /// Everything is attached; [#begin] follows.
  ///
  /// @param counts the counts so far; from any thread
  default void onAttached(Supplier<TraceSummary> counts) {}

  /// Everything is attached: writes what precedes the first row.
  void begin();

  /// Packets were lost since the last call.
  ///
  /// @param why the cause, a few words
  void reportLoss(long count, String why);

  /// Packets were lost since the last call, since this program was too slow.
  default void reportLoss(long count) {
    reportLoss(count, "the output is too slow");
  }

  /// After each batch of records.
  ///
  /// @param drained no record waits: the thread is about to sleep
  void onBatchEnd(boolean drained);

  /// The trace is to end, or has failed; [#finish] may follow. From any thread.
  default void onStop() {}

  /// The trace has ended.
  ///
  /// @param received packets seen in all; null if unknown
  /// @param lost packets lost in all
  void finish(@Nullable Long received, long lost);

  /// How many rows so far say that their message is malformed.
  default long malformedRows() {
    return 0;
  }

  /// Whether a write is blocked because the output is not read; from any thread.
  default boolean isBlocked() {
    return false;
  }

  /// Whether nothing can be written because the reader of the output has left.
  default boolean isReaderGone() {
    return false;
  }

  /// Reports a failed write.
  ///
  /// @throws UserFacingException if it failed for another reason than a reader that has left
  default void throwIfFailed() {}
}

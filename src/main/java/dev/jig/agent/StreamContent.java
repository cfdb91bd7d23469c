package dev.jig.agent;

import dev.jig.event.Row;
import dev.jig.wire.proto.FromAgent;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a stream sends: rows, or what a gadget makes of them. One thread adds rows, one at a time
/// takes messages, any acknowledges.
sealed interface StreamContent permits RowContent, ReportContent {
  /// Takes a row. Ring thread.
  void accept(Row row);

  /// What comes next.
  ///
  /// @param message null: nothing was due in time, or all has been sent
  /// @param newest all rows up to this sequence number were sent or dropped
  /// @param isOver nothing follows
  record Part(@Nullable FromAgent message, long newest, boolean isOver) {}

  /// Waits for the next message.
  ///
  /// @param last no row follows
  /// @param timeoutMs how long to wait for it, or until [#wake]
  /// @return null if `mayTake` is false
  @Nullable Part take(boolean last, long timeoutMs, BooleanSupplier mayTake)
      throws InterruptedException;

  /// Waits after a message, so that the next one is worth its cost.
  void pause() throws InterruptedException;

  /// Ends a wait.
  void wake();

  /// The client has processed everything up to this sequence number.
  void acknowledge(long sequence);

  /// As [#acknowledge]; what is after it is sent again.
  void rewind(long sequence);

  /// Whether a client that lost its connection after Stop may still take the rest.
  boolean isKeptAfterStop();

  /// Frees its memory.
  void close();

  /// As of now, as [Part#newest].
  long newestSequence();

  /// Figures for the log.
  Map<String, Object> counters();
}

package dev.jig.cli;

import dev.jig.event.Row;
import dev.jig.top.TopCounter;
import org.jspecify.annotations.Nullable;

/// Writes the table of each interval one after the other; of a file, of a command and of the demo
/// one table at the end.
final class TopOutput implements TraceOutput {
  private final TopCounter counter;
  private final TopWriter writer;
  private final boolean isPerInterval;

  /// @param isPerInterval whether there is a table for each interval
  /// @param onFailure called once, when a write has failed
  TopOutput(
      TopOptions.Parsed options, RowStream stream, boolean isPerInterval, Runnable onFailure) {
    this.isPerInterval = isPerInterval;
    this.writer = new TopWriter(stream, options.isJson(), onFailure);
    this.counter = options.counter(writer::write);
  }

  @Override
  public void begin() {
    counter.begin(System.nanoTime());
  }

  @Override
  public void accept(Row row) {
    counter.onRow(row);
  }

  @Override
  public void reportLoss(long count, String why) {
    counter.onLost(count);
    Console.print("lost " + count + " samples: " + why + ".");
  }

  @Override
  public void onBatchEnd(boolean drained) {
    if (isPerInterval) {
      counter.tick(System.nanoTime());
      writer.checkReader();
    }
  }

  @Override
  public void finish(@Nullable Long received, long lost) {
    counter.endInterval(System.nanoTime());
  }

  @Override
  public boolean isBlocked() {
    return writer.isBlocked();
  }

  @Override
  public boolean isReaderGone() {
    return writer.isReaderGone();
  }

  @Override
  public void throwIfFailed() {
    writer.throwIfError();
  }
}

package dev.jig.cli;

import dev.jig.event.Row;
import dev.jig.output.Utf8Output;
import dev.jig.top.Snapshot;
import dev.jig.top.TopCounter;
import dev.jig.top.TopJson;
import dev.jig.top.TopText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Writes the table of each interval one after the other; of a file, of a command and of the demo
/// one table at the end.
final class TopOutput implements TraceOutput {
  private final TopCounter counter;
  private final RowStream stream;
  private final WriteFailure failure;
  private final Runnable onFailure;
  private final boolean isPerInterval;
  private final @Nullable TopJson json;
  private final Utf8Output text;
  private boolean isFirst = true;

  /// @param isPerInterval whether there is a table for each interval
  /// @param onFailure called once, when a write has failed
  TopOutput(
      TopOptions.Parsed options, RowStream stream, boolean isPerInterval, Runnable onFailure) {
    this.stream = stream;
    this.failure = new WriteFailure(stream, "cannot write the table");
    this.onFailure = onFailure;
    this.isPerInterval = isPerInterval;
    this.text = new Utf8Output(stream);
    this.counter =
        new TopCounter(
            options.view(), options.sort(), options.maxRows(), options.intervalNs(), this::write);
    try {
      this.json = options.isJson() ? new TopJson(stream) : null;
    } catch (IOException e) {
      throw Failures.ofFile("cannot write the table", e);
    }
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
      checkReader();
    }
  }

  private void checkReader() {
    if (!failure.hasOccurred() && stream.isReaderGone()) {
      fail(new IOException("Broken pipe"));
    }
  }

  @Override
  public void finish(@Nullable Long received, long lost) {
    counter.endInterval(System.nanoTime());
  }

  private void write(Snapshot table) {
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

  private void fail(IOException e) {
    failure.set(e);
    onFailure.run();
  }

  @Override
  public long malformedRows() {
    return 0;
  }

  @Override
  public boolean isBlocked() {
    return stream.isBlocked();
  }

  @Override
  public boolean isReaderGone() {
    return failure.isReaderGone();
  }

  @Override
  public void throwIfFailed() {
    failure.throwIfError();
  }
}

package dev.jig.cli;

import dev.jig.event.Row;
import dev.jig.output.ColumnLayout;
import dev.jig.output.DoubleBufferedStream;
import dev.jig.output.RowWriter;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Writes rows in the chosen format to stdout, stderr or a file. A table on a terminal follows the
/// terminal's width. A thread of its own does the writes, so that a slow pipe or disk delays the
/// caller only when two buffers are full. After a failed write all rows are dropped;
/// [#throwIfFailed] reports it.
final class RowOutput implements TraceOutput {
  /// Interval between checks of a pipe for its reader: `| head` ends the trace without a row too.
  private static final long READER_CHECK_NS = 200_000_000;

  /// Interval between flushes while records wait in the ring: a KB costs the kernel 0.13 µs in
  /// writes of 256 KB and 0.84 µs in writes of 4 KB.
  private static final long FLUSH_INTERVAL_NS = 20_000_000;

  private final RowStream stream;
  private final DoubleBufferedStream buffered;
  private final RowWriter writer;
  private final @Nullable ColumnLayout layout;
  private final boolean onTerminal;
  private final boolean printsLoss;
  private final WriteFailure failure;
  private final Runnable onFailure;
  private long lastReaderCheckNs = System.nanoTime();
  private long lastFlushNs = System.nanoTime();

  /// The width was read for this batch of rows; a resize takes effect with the next batch.
  private boolean widthUpdated;

  private RowOutput(
      RowStream stream,
      DoubleBufferedStream buffered,
      RowWriter writer,
      @Nullable ColumnLayout layout,
      boolean onTerminal,
      boolean printsLoss,
      Runnable onFailure) {
    this.stream = stream;
    this.failure = new WriteFailure(stream, "cannot write rows");
    this.buffered = buffered;
    this.writer = writer;
    this.layout = layout;
    this.onTerminal = onTerminal;
    this.printsLoss = printsLoss;
    this.onFailure = onFailure;
  }

  /// Opens the output.
  ///
  /// @param onFailure called once, when a write has failed
  static RowOutput open(OutputFormat format, RowStream stream, Runnable onFailure) {
    OptionalInt columns = stream.terminalColumns();
    ColumnLayout layout = layout(format, columns);
    DoubleBufferedStream buffered = new DoubleBufferedStream(stream);
    try {
      RowWriter writer =
          switch (format) {
            case OutputFormat.Columns ignored when layout != null ->
                OutputFormat.columns(buffered, layout);
            case OutputFormat.Json ignored -> OutputFormat.json(buffered);
            case OutputFormat.JsonPretty ignored -> OutputFormat.jsonPretty(buffered);
            case OutputFormat.Yaml ignored -> OutputFormat.yaml(buffered);
            case OutputFormat.Columns ignored -> throw new AssertionError("columns without layout");
            case OutputFormat.PcapNg ignored ->
                OutputFormat.pcapng(buffered, Console.name() + " " + VersionCommand.version());
          };
      boolean printsLoss = !format.isStructured() || format instanceof OutputFormat.PcapNg;
      return new RowOutput(
          stream, buffered, writer, layout, columns.isPresent(), printsLoss, onFailure);
    } catch (IOException e) {
      throw Failures.ofFile("cannot write rows", e);
    }
  }

  private static @Nullable ColumnLayout layout(OutputFormat format, OptionalInt columns) {
    if (!(format instanceof OutputFormat.Columns table)) {
      return null;
    }
    return columns.isPresent()
        ? ColumnLayout.forTerminal(table.fields(), columns.getAsInt())
        : ColumnLayout.configured(table.fields());
  }

  /// Writes the header and flushes.
  @Override
  public void begin() {
    write(writer::begin);
    drain();
  }

  @Override
  public void accept(Row event) {
    if (onTerminal && !widthUpdated) {
      widthUpdated = true;
      updateWidth();
    }
    write(() -> writer.writeRow(event));
  }

  /// Reports lost samples among the rows if the format can carry it, else on stderr.
  @Override
  public void reportLoss(long count, String why) {
    if (printsLoss) {
      Console.print("lost " + count + " samples: " + why + ".");
    }
    write(() -> writer.reportLost(count));
  }

  /// Writes what the format puts behind the rows, and flushes.
  @Override
  public void finish(@Nullable Long received, long lost) {
    write(() -> writer.end(received));
    drain();
  }

  /// Flushes if no record waits, else every 20 ms.
  @Override
  public void onBatchEnd(boolean drained) {
    if (drained || System.nanoTime() - lastFlushNs >= FLUSH_INTERVAL_NS) {
      flush();
    }
  }

  /// Starts to write out buffered rows; also detects that the reader of a pipe has left.
  void flush() {
    widthUpdated = false;
    lastFlushNs = System.nanoTime();
    write(writer::flush);
    if (!onTerminal && !failure.hasOccurred()) {
      checkReader();
    }
  }

  /// Writes out buffered rows and waits until they are written.
  private void drain() {
    flush();
    write(buffered::drain);
  }

  @Override
  public long malformedRows() {
    return writer.malformedRows();
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

  private void checkReader() {
    long nowNs = System.nanoTime();
    if (nowNs - lastReaderCheckNs <= READER_CHECK_NS) {
      return;
    }
    lastReaderCheckNs = nowNs;
    if (stream.isReaderGone()) {
      onWriteError(new IOException("Broken pipe"));
    }
  }

  private void updateWidth() {
    if (layout != null) {
      stream.terminalColumns().ifPresent(layout::resize);
    }
  }

  private interface WriteAction {
    void run() throws IOException;
  }

  private void write(WriteAction writing) {
    if (failure.hasOccurred()) {
      return;
    }
    try {
      writing.run();
    } catch (IOException e) {
      onWriteError(e);
    }
  }

  private void onWriteError(IOException e) {
    failure.set(e);
    onFailure.run();
  }
}

package dev.jig.cli;

import dev.jig.event.DnsEvent;
import dev.jig.output.ColumnLayout;
import dev.jig.output.EventWriter;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes rows in the chosen format to stdout, stderr or a file. A table on a terminal follows the
/// terminal's width. After a failed write all rows are dropped; [#throwIfFailed] reports it.
final class RowOutput implements Consumer<DnsEvent> {
  /// Interval between checks of a pipe for its reader: `| head` ends the trace without a row too.
  private static final long READER_CHECK_NS = 200_000_000;

  private final RowStream stream;
  private final EventWriter writer;
  private final @Nullable ColumnLayout layout;
  private final boolean onTerminal;
  private final boolean printsLoss;
  private final Runnable onFailure;
  private long lastReaderCheckNs = System.nanoTime();

  /// The width was read for this batch of rows; a resize takes effect with the next batch.
  private boolean widthUpdated;

  private @Nullable IOException failure;
  private boolean readerGone;

  private RowOutput(
      RowStream stream,
      EventWriter writer,
      @Nullable ColumnLayout layout,
      boolean onTerminal,
      boolean printsLoss,
      Runnable onFailure) {
    this.stream = stream;
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
    try {
      EventWriter writer =
          switch (format) {
            case OutputFormat.Columns ignored when layout != null ->
                OutputFormat.columns(stream, layout);
            case OutputFormat.Json ignored -> OutputFormat.json(stream);
            case OutputFormat.JsonPretty ignored -> OutputFormat.jsonPretty(stream);
            case OutputFormat.Yaml ignored -> OutputFormat.yaml(stream);
            case OutputFormat.Columns ignored -> throw new AssertionError("columns without layout");
            case OutputFormat.PcapNg ignored ->
                OutputFormat.pcapng(stream, Console.name() + " " + VersionCommand.version());
          };
      boolean printsLoss = !format.isStructured() || format instanceof OutputFormat.PcapNg;
      return new RowOutput(stream, writer, layout, columns.isPresent(), printsLoss, onFailure);
    } catch (IOException e) {
      throw UserFacingException.of("cannot write rows", e);
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
  void begin() {
    write(writer::begin);
    flush();
  }

  @Override
  public void accept(DnsEvent event) {
    if (onTerminal && !widthUpdated) {
      widthUpdated = true;
      updateWidth();
    }
    write(() -> writer.event(event));
  }

  /// Reports lost samples among the rows if the format can carry it, else on stderr.
  void reportLoss(long count) {
    reportLoss(count, "the output is too slow");
  }

  /// @param why the cause, a few words
  void reportLoss(long count, String why) {
    if (printsLoss) {
      Console.print("lost " + count + " samples: " + why + ".");
    }
    write(() -> writer.lost(count));
  }

  /// Writes what the format puts behind the rows, and flushes.
  ///
  /// @param received packets seen in all; null if unknown
  void finish(@Nullable Long received) {
    write(() -> writer.end(received));
    flush();
  }

  /// Writes out buffered rows; also detects that the reader of a pipe has left.
  void flush() {
    widthUpdated = false;
    write(writer::flush);
    if (!onTerminal && failure == null) {
      checkReader();
    }
  }

  /// Whether a write is blocked because the output is not read; from any thread.
  boolean isBlocked() {
    return stream.isBlocked();
  }

  /// Whether rows cannot be written because the reader of the output has left.
  boolean isReaderGone() {
    return readerGone;
  }

  /// Reports a failed write.
  ///
  /// @throws UserFacingException if it failed for another reason than a reader that has left
  void throwIfFailed() {
    if (failure != null && !readerGone) {
      throw UserFacingException.of("cannot write rows", failure);
    }
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
    if (failure != null) {
      return;
    }
    try {
      writing.run();
    } catch (IOException e) {
      onWriteError(e);
    }
  }

  private void onWriteError(IOException e) {
    failure = e;
    // the message of EPIPE is localized: ask the pipe first
    readerGone = stream.isReaderGone() || String.valueOf(e.getMessage()).contains("Broken pipe");
    onFailure.run();
  }
}

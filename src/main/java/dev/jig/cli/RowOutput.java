package dev.jig.cli;

import dev.jig.event.DnsEvent;
import dev.jig.output.ColumnLayout;
import dev.jig.output.EventWriter;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where rows go: a writer in the chosen format on stdout, stderr or a file. A table on a terminal
/// follows the terminal's width. After a failure rows are dropped, and [#throwIfFailed] tells it.
final class RowOutput implements Consumer<DnsEvent> {
  /// How often a pipe is asked for its reader: `| head` ends us even when no row comes.
  private static final long READER_CHECK_NS = 200_000_000;

  private final RowStream stream;
  private final EventWriter writer;
  private final @Nullable ColumnLayout layout;
  private final boolean onTerminal;
  private final boolean printsLoss;
  private final Runnable onFailure;
  private long lastReaderCheckNs = System.nanoTime();

  /// Of this batch of rows: a resize shows in the next one.
  private boolean widthKnown;

  private @Nullable IOException failure;
  private boolean readerGone;

  private RowOutput(
      RowStream stream,
      EventWriter writer,
      @Nullable ColumnLayout layout,
      boolean onTerminal,
      boolean saysLoss,
      Runnable onFailure) {
    this.stream = stream;
    this.writer = writer;
    this.layout = layout;
    this.onTerminal = onTerminal;
    this.printsLoss = saysLoss;
    this.onFailure = onFailure;
  }

  /// @param onFailure called once when rows can't be written any more
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
      boolean saysLoss = !format.isStructured() || format instanceof OutputFormat.PcapNg;
      return new RowOutput(stream, writer, layout, columns.isPresent(), saysLoss, onFailure);
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

  /// What stands before the rows, at once.
  void begin() {
    write(writer::begin);
    flush();
  }

  @Override
  public void accept(DnsEvent event) {
    if (onTerminal && !widthKnown) {
      widthKnown = true;
      updateWidth();
    }
    write(() -> writer.event(event));
  }

  /// Says that events were lost, where rows go if the format can carry it, and on stderr if nobody
  /// would read it there.
  void reportLoss(long count) {
    reportLoss(count, "the machine was faster than this output");
  }

  /// @param why in a few words
  void reportLoss(long count, String why) {
    if (printsLoss) {
      Console.print("lost " + count + " samples: " + why + ".");
    }
    write(() -> writer.lost(count));
  }

  /// The last word where rows go, if the format has one.
  ///
  /// @param received packets seen in all; null if that is not known
  void finish(@Nullable Long received) {
    write(() -> writer.end(received));
    flush();
  }

  /// Writes out what is buffered; also notices a reader that left while no row came.
  void flush() {
    widthKnown = false;
    write(writer::flush);
    if (!onTerminal && failure == null && isTimeToLook() && stream.isReaderGone()) {
      onWriteError(new IOException("Broken pipe"));
    }
  }

  /// Whether a write waits for somebody to read; from any thread.
  boolean isBlocked() {
    return stream.isBlocked();
  }

  /// Whether rows can't be written because nobody reads them any more.
  boolean isReaderGone() {
    return readerGone;
  }

  /// The last word on rows that could not be written.
  ///
  /// @throws UserFacingException if that was not a reader who left
  void throwIfFailed() {
    if (failure != null && !readerGone) {
      throw UserFacingException.of("cannot write rows", failure);
    }
  }

  private boolean isTimeToLook() {
    long nowNs = System.nanoTime();
    boolean time = nowNs - lastReaderCheckNs > READER_CHECK_NS;
    lastReaderCheckNs = time ? nowNs : lastReaderCheckNs;
    return time;
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
    // the message is in the user's language, the pipe itself tells
    readerGone = stream.isReaderGone() || String.valueOf(e.getMessage()).contains("Broken pipe");
    onFailure.run();
  }
}

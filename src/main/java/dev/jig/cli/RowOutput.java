package dev.jig.cli;

import dev.jig.event.DnsEvent;
import dev.jig.output.ColumnLayout;
import dev.jig.output.EventWriter;
import dev.jig.output.OutputFormat;
import dev.jig.trace.Machine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where rows go: a writer in the chosen format on stdout, stderr or a file. A table on a terminal
/// follows the terminal's width. After a failure rows are dropped and [#failure] tells it.
final class RowOutput implements Consumer<DnsEvent> {
  /// Where rows go by default.
  enum Stream {
    STDOUT,
    STDERR
  }

  private final EventWriter writer;
  private final @Nullable ColumnLayout layout;
  private final boolean onTerminal;
  private final Runnable onFailure;

  /// Of this batch of rows: the terminal is asked before the first one.
  private boolean widthKnown;

  private @Nullable IOException failure;

  private RowOutput(
      EventWriter writer, @Nullable ColumnLayout layout, boolean onTerminal, Runnable onFailure) {
    this.writer = writer;
    this.layout = layout;
    this.onTerminal = onTerminal;
    this.onFailure = onFailure;
  }

  /// @param file rows go there, if given
  /// @param onFailure called once when rows can't be written any more
  /// @throws CannotException if the file can't be opened
  static RowOutput open(
      OutputFormat format, @Nullable Path file, Stream stream, Runnable onFailure) {
    boolean stdout = file == null && stream == Stream.STDOUT;
    OptionalInt columns = stdout ? Machine.terminalColumns() : OptionalInt.empty();
    try {
      OutputStream out = open(file, stream);
      ColumnLayout layout = layout(format, columns);
      EventWriter writer =
          switch (format) {
            case OutputFormat.Columns ignored when layout != null ->
                OutputFormat.columns(out, layout);
            case OutputFormat.Json ignored -> OutputFormat.json(out);
            case OutputFormat.JsonPretty ignored -> OutputFormat.jsonPretty(out);
            case OutputFormat.Yaml ignored -> OutputFormat.yaml(out);
            case OutputFormat.Columns ignored -> throw new AssertionError("columns without layout");
            case OutputFormat.PcapNg ignored -> throw new AssertionError("refused before");
          };
      return new RowOutput(writer, layout, columns.isPresent(), onFailure);
    } catch (IOException e) {
      throw new CannotException("cannot write to " + file + ": " + reason(e));
    }
  }

  private static OutputStream open(@Nullable Path file, Stream stream) throws IOException {
    if (file != null) {
      return Files.newOutputStream(file);
    }
    // not System.out: it swallows a closed pipe
    return new FileOutputStream(stream == Stream.STDOUT ? FileDescriptor.out : FileDescriptor.err);
  }

  private static @Nullable ColumnLayout layout(OutputFormat format, OptionalInt columns) {
    if (!(format instanceof OutputFormat.Columns table)) {
      return null;
    }
    return columns.isPresent()
        ? ColumnLayout.forTerminal(table.fields(), columns.getAsInt())
        : ColumnLayout.configured(table.fields());
  }

  static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> "no such file or directory";
      case java.nio.file.AccessDeniedException denied -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  /// What stands before the rows, at once.
  void begin() {
    write(writer::begin);
    flush();
  }

  @Override
  public void accept(DnsEvent event) {
    if (onTerminal) {
      followWidth();
    }
    write(() -> writer.event(event));
  }

  /// Says that events were lost, where rows go if the format can carry it, else on stderr.
  void lost(long count) {
    if (layout != null) {
      Console.say("lost " + count + " samples: the machine was faster than this output.");
    } else {
      write(() -> writer.lost(count));
    }
  }

  void flush() {
    widthKnown = false;
    write(writer::flush);
  }

  /// Why rows could not be written any more; null while they can.
  @Nullable IOException failure() {
    return failure;
  }

  /// Whether the reader of a pipe has gone: a quiet end.
  boolean isReaderGone() {
    return failure != null && String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  private void followWidth() {
    if (layout != null && !widthKnown) {
      widthKnown = true;
      Machine.terminalColumns().ifPresent(layout::resize);
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void write(Writing writing) {
    if (failure != null) {
      return;
    }
    try {
      writing.run();
    } catch (IOException e) {
      failure = e;
      onFailure.run();
    }
  }
}

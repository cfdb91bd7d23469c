package dev.jig.trace;

import dev.jig.capture.CaptureFileSource;
import dev.jig.event.Row;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.filter.RowFilter;
import dev.jig.names.SearchLists;
import dev.jig.pcap.CaptureReader;
import dev.jig.pcap.TimeOrderedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A trace of a capture file: the same pipeline with the file's clock. Only rows recorded by an
/// earlier trace have containers and owners.
public final class FileTrace implements AutoCloseable {
  private final CaptureFileSource source;
  private final PortSet ports;
  private volatile boolean stopped;
  private long lostSoFar;
  private @Nullable Pipeline pipeline;

  private FileTrace(CaptureFileSource source, PortSet ports) {
    this.source = source;
    this.ports = ports;
  }

  /// Opens a file; `-` is stdin.
  ///
  /// @throws IOException if it is not readable, or no capture file
  public static FileTrace open(String file, PortSet ports) throws IOException {
    TimeOrderedReader reader =
        file.equals("-")
            ? new TimeOrderedReader(CaptureReader.open(System.in, "stdin"), false)
            : new TimeOrderedReader(
                CaptureReader.open(Path.of(file)), Files.isRegularFile(Path.of(file)));
    return new FileTrace(new CaptureFileSource(reader, ports::contains, ports.isAny()), ports);
  }

  /// Whether the file begins with a row of an earlier trace, which has a container and a process.
  /// To be called before [#run]; waits for the first packet of a pipe.
  public boolean beginsWithRow() {
    return source.beginsWithRow();
  }

  /// Reads the whole file. If it is damaged, the rows before the damage are emitted.
  ///
  /// @param selection applied to recorded rows only
  /// @param details only messages, lookups and names are available in files
  /// @param lost called with the number of packets lost while the file was written, as it states
  /// @throws IOException if the file is damaged
  public void run(
      ContainerSelection selection,
      RowFilter filter,
      long dnsTimeoutNs,
      RowDetails details,
      Consumer<Row> output,
      LongConsumer lost)
      throws IOException {
    // Its processes are of another machine or time.
    RowDetails available = details.names() == null ? details : details.withNames(SearchLists.NONE);
    Pipeline current =
        new Pipeline(
            PipelineConfig.of(ports, dnsTimeoutNs, available, filter).withRecorded(selection),
            Scope.EVERYTHING,
            null,
            output);
    pipeline = current;
    try {
      boolean more = true;
      while (more && !stopped) {
        more = source.readNext(current);
        current.tick(source.timeNs());
        reportLoss(current, lost);
      }
    } finally {
      current.finish();
    }
  }

  private void reportLoss(Pipeline current, LongConsumer lost) {
    long total = source.dropped();
    if (total > lostSoFar) {
      current.onPacketsLost(source.timeNs());
      lost.accept(total - lostSoFar);
      lostSoFar = total;
    }
  }

  /// Ends [#run] at the next packet.
  public void stop() {
    stopped = true;
  }

  /// Packets read so far.
  public long packets() {
    return source.counters().read();
  }

  /// Packets lost so far while the file was written, as it states.
  public long lost() {
    return lostSoFar;
  }

  /// Messages so far without a recorded row, that is without container and owner.
  public long unattributed() {
    return pipeline == null
        ? 0
        : pipeline.counters().messages() - pipeline.counters().recordedRows();
  }

  /// The counts of the file's packets, in one line.
  public String summary() {
    return pipeline == null ? "nothing read" : FileSummary.line(source, pipeline);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}

package dev.jig.trace;

import dev.jig.capture.CaptureFileSource;
import dev.jig.event.DnsEvent;
import dev.jig.filter.ContainerSelection;
import dev.jig.filter.PortSet;
import dev.jig.pcap.CaptureReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A trace of a capture file: the same pipeline, with the file's clock and without owners, but for
/// what an earlier trace noted in it.
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
  /// @throws IOException if it can't be read, or is no capture file
  public static FileTrace open(String file, PortSet ports) throws IOException {
    CaptureReader reader =
        file.equals("-")
            ? CaptureReader.open(System.in, "stdin")
            : CaptureReader.open(Path.of(file));
    return new FileTrace(new CaptureFileSource(reader, ports::contains, ports.any()), ports);
  }

  /// Walks the whole file through the pipeline. Rows before a damage are out when it is thrown.
  ///
  /// @param selection applies where the file tells whose a message is
  /// @param details of which a file knows messages, and lookups
  /// @param lost told how many packets were lost while the file was written, where it says so
  /// @throws IOException if the file is damaged
  public void run(
      ContainerSelection selection,
      Predicate<DnsEvent> filter,
      long dnsTimeoutNs,
      RowDetails details,
      Consumer<DnsEvent> output,
      LongConsumer lost)
      throws IOException {
    Pipeline walk =
        new Pipeline(
            Scope.EVERYTHING,
            filter,
            ports::contains,
            ports.any(),
            dnsTimeoutNs,
            UnaryOperator.identity(),
            output);
    walk.selectRecorded(selection);
    walk.configure(details);
    pipeline = walk;
    try {
      boolean more = true;
      while (more && !stopped) {
        more = source.readNext(walk);
        walk.tick(source.timeNs());
        reportLoss(lost);
      }
    } finally {
      walk.finish();
    }
  }

  private void reportLoss(LongConsumer lost) {
    long total = source.dropped();
    if (total > lostSoFar) {
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

  /// Messages so far of which the file does not tell whose they are.
  public long unattributed() {
    return pipeline == null ? 0 : pipeline.counters().messages() - pipeline.counters().recordedRows();
  }

  /// What became of the file's packets, in one line.
  public String summary() {
    return pipeline == null ? "nothing read" : FileSummary.line(source, pipeline);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}

package dev.jig.cli;

import dev.jig.trace.LiveSettings;
import dev.jig.trace.LiveTrace;
import dev.jig.trace.TraceSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A live trace from the header to the last line, whatever its packets are chosen by.
final class Session {
  /// A blocked output must not keep anybody from ending.
  private static final long END_PATIENCE_MS = 1_500;

  private final TraceDnsOptions options;
  private final LiveTrace trace;
  private final RowOutput rows;
  private final CountDownLatch ended = new CountDownLatch(1);

  private Session(
      TraceDnsOptions options,
      TraceDnsOptions.Parsed parsed,
      LiveTrace trace,
      RowOutput.Stream stream) {
    this.options = options;
    this.trace = trace;
    this.rows = RowOutput.open(parsed.format(), options.outputFile, stream, trace::stop);
  }

  /// Loads the kernel side and opens the output.
  static Session open(
      TraceDnsOptions options, TraceDnsOptions.Parsed parsed, RowOutput.Stream stream) {
    LiveSettings settings =
        new LiveSettings(
            parsed.ports(),
            parsed.filter(),
            parsed.dnsTimeoutNs(),
            parsed.limitNs(),
            options.paths,
            options.verbose);
    LiveTrace trace = LiveTrace.load(settings);
    trace.log().forEach(Console::debug);
    trace
        .leftOut()
        .forEach(
            (program, errno) -> Console.debug("this kernel refuses " + program + ": " + errno));
    return new Session(options, parsed, trace, stream);
  }

  LiveTrace trace() {
    return trace;
  }

  RowOutput rows() {
    return rows;
  }

  /// The header, and the file that tells others that tracing has begun. Everything is attached.
  void begin() {
    rows.begin();
    Path ready = options.readyFile;
    if (ready != null) {
      try {
        Files.writeString(ready, "");
      } catch (IOException e) {
        throw new CannotException("cannot make " + ready + ": " + RowOutput.reason(e));
      }
    }
  }

  /// Ends soon, from any thread; if the output is blocked, at once and saying so.
  void interrupt() {
    trace.stop();
    try {
      if (!ended.await(END_PATIENCE_MS, TimeUnit.MILLISECONDS)) {
        Console.plain(trace.summary().line() + ", the output is blocked: the rest was dropped");
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Traces until stopped, then adds up.
  TraceSummary run() {
    trace.run(rows::flush, rows::lost);
    TraceSummary summary = trace.end(rows::lost);
    rows.flush();
    ended.countDown();
    return summary;
  }

  /// The last word on rows that could not be written.
  ///
  /// @throws CannotException if that was not a reader who left
  void checkOutput() {
    @Nullable IOException failure = rows.failure();
    if (failure != null && !rows.isReaderGone()) {
      throw new CannotException("cannot write rows: " + RowOutput.reason(failure));
    }
  }
}

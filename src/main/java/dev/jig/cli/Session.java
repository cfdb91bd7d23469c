package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.trace.LiveSettings;
import dev.jig.trace.LiveTrace;
import dev.jig.trace.TraceSummary;
import java.util.concurrent.TimeUnit;

/// One live trace from the header to the summary line, for all sources of live packets.
final class Session {
  private final TraceDnsOptions options;
  private final LiveTrace trace;
  private final RowOutput rows;
  private boolean nameWarningShown;
  private volatile boolean finished;

  private Session(
      TraceDnsOptions options, TraceDnsOptions.Parsed parsed, LiveTrace trace, RowStream stream) {
    this.options = options;
    this.trace = trace;
    this.rows = RowOutput.open(parsed.format(), stream, trace::stop);
  }

  /// Loads the kernel program and opens the output.
  ///
  /// @param shownOnStdout without --output-file, rows go to stdout if true, else to stderr
  static Session open(
      TraceDnsOptions options, TraceDnsOptions.Parsed parsed, boolean shownOnStdout) {
    LiveSettings settings =
        new LiveSettings(
            parsed.ports(),
            parsed.filter(),
            parsed.dnsTimeoutNs(),
            parsed.limitNs(),
            parsed.details(),
            options.verbosity.isVerbose(),
            options.verbosity.hasLibbpfLog());
    LiveTrace trace = LiveTrace.load(settings);
    trace.log().forEach(Console::debug);
    return new Session(options, parsed, trace, options.openOutput(shownOnStdout));
  }

  LiveTrace trace() {
    return trace;
  }

  RowOutput rows() {
    return rows;
  }

  /// Prints the header and creates the ready file. Called when everything is attached.
  void begin() {
    trace
        .missingPrograms()
        .forEach(
            (what, why) -> Console.debug("not available on this kernel: " + what + ": " + why));
    rows.begin();
    options.createReadyFile();
  }

  /// Ends the trace soon; from any thread. If the output is blocked, halts the process with `code`.
  void requestStop(int code) {
    trace.stop();
    ShutdownWatchdog.enforce(
        () -> finished,
        rows::isBlocked,
        code,
        () -> trace.summary().line() + ", the output is blocked: the remaining rows were dropped");
  }

  /// Ends the trace with exit code 0 after `limitNs`, even if the output is blocked; 0: no limit.
  void stopAfter(long limitNs) {
    if (limitNs > 0) {
      Thread.ofPlatform().daemon().name("limit").start(() -> stopAtLimit(limitNs));
    }
  }

  private void stopAtLimit(long limitNs) {
    try {
      TimeUnit.NANOSECONDS.sleep(limitNs);
      if (!finished) {
        requestStop(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Traces until stopped.
  TraceSummary run() {
    trace.run(this::onBatchEnd, rows::reportLoss);
    TraceSummary summary = trace.end(rows::reportLoss);
    rows.finish(summary.seen());
    return summary;
  }

  private void onBatchEnd(boolean drained) {
    rows.onBatchEnd(drained);
    if (!nameWarningShown && trace.nameUnknown() > 0) {
      nameWarningShown = true;
      Console.print(
          "no container runtime reports the name of a container: -c NAME leaves its rows out;"
              + " -c ID (12 or more hex digits) works without names.");
    }
  }

  /// Prints the summary line; without a reader of the rows only with `-v` or if packets were lost.
  ///
  /// @throws UserFacingException if rows could not be written
  void finish(TraceSummary summary) {
    finish(summary, !rows.isReaderGone());
  }

  /// Prints the summary line if `wanted`, with `-v`, or if packets were lost.
  ///
  /// @throws UserFacingException if rows could not be written
  void finish(TraceSummary summary, boolean wanted) {
    Console.debug("packets skipped in the kernel: " + summary.skippedInKernel());
    if (wanted || summary.lost() > 0 || options.verbosity.isVerbose()) {
      Console.printPlain(summary.line());
    }
    finished = true;
    rows.throwIfFailed();
  }
}

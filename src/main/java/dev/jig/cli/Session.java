package dev.jig.cli;

import dev.jig.trace.LiveSettings;
import dev.jig.trace.LiveTrace;
import dev.jig.trace.TraceSummary;
import java.util.concurrent.TimeUnit;

/// A live trace from the header to the last line, whatever its packets are chosen by.
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

  /// Loads the kernel side and opens the output.
  ///
  /// @param shownOnStdout whether rows go to stdout, else to stderr, if not to a file
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

  /// The header, and the file that tells others that tracing has begun. Everything is attached.
  void begin() {
    trace
        .leftOut()
        .forEach((what, why) -> Console.debug("not on this kernel: " + what + ": " + why));
    rows.begin();
    options.createReadyFile();
  }

  /// Ends soon, from any thread; if the output is stuck, at once with `code` and saying so.
  void requestStop(int code) {
    trace.stop();
    ShutdownWatchdog.enforce(
        () -> finished,
        rows::isBlocked,
        code,
        () -> trace.summary().line() + ", the output is blocked: the rest was dropped");
  }

  /// Ends with exit code 0 when the time is over, even if the output is stuck by then.
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

  /// Traces until stopped, then adds up.
  TraceSummary run() {
    trace.run(this::onBatchEnd, rows::reportLoss);
    TraceSummary summary = trace.end(rows::reportLoss);
    rows.finish(summary.seen());
    return summary;
  }

  private void onBatchEnd() {
    rows.flush();
    if (!nameWarningShown && trace.nameUnknown() > 0) {
      nameWarningShown = true;
      Console.print(
          "a container's name can't be had, so -c NAME leaves its rows out;"
              + " -c ID (12 or more hex digits) works without names.");
    }
  }

  /// The last line, unless nobody reads any more and there is nothing to complain of.
  ///
  /// @throws UserFacingException if rows could not be written
  void finish(TraceSummary summary) {
    finish(summary, !rows.isReaderGone());
  }

  /// The last line if `wanted`, or if there is something to complain of.
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

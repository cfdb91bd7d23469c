package dev.jig.cli;

import dev.jig.container.Containers;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.trace.CaptureListener;
import dev.jig.trace.CaptureLoop;
import dev.jig.trace.Scope;
import dev.jig.trace.Subscription;
import dev.jig.trace.TraceSummary;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One live trace from the header to the summary line, for all sources of live packets.
final class Session implements CaptureListener {
  private final SelectionOptions options;
  private final TraceSettings settings;
  private final CaptureLoop loop;
  private final TraceOutput output;
  private volatile @Nullable Subscription subscription;
  private boolean nameWarningShown;
  private volatile boolean finished;

  private Session(
      SelectionOptions options, TraceSettings settings, CaptureLoop loop, TraceOutput output) {
    this.options = options;
    this.settings = settings;
    this.loop = loop;
    this.output = output;
  }

  /// Loads the kernel program and opens the output.
  static Session open(
      SelectionOptions options, TraceSettings settings, Gadget gadget, Source source) {
    CaptureLoop loop =
        CaptureLoop.load(
            options.verbosity.isVerbose(),
            options.verbosity.hasLibbpfLog(),
            UnaryOperator.identity());
    loop.log().forEach(Console::debug);
    return new Session(options, settings, loop, gadget.open(source, loop::stop));
  }

  /// Where cgroup v2 is mounted.
  Path cgroupRoot() {
    return loop.cgroupRoot();
  }

  /// Attaches and starts to record, for the packets of selected containers.
  void attach(Containers containers, ContainerSelection selection) {
    loop.setContainers(containers);
    subscription = loop.open(settings.live(), selection, output);
    loop.attach();
  }

  /// Attaches and starts to record, for the packets of a scope.
  ///
  /// @param rows takes the rows
  void attach(Scope scope, Consumer<Row> rows) {
    subscription = loop.open(settings.live(), scope, rows);
    loop.attach();
  }

  TraceOutput output() {
    return output;
  }

  /// Prints the header and creates the ready file. Called when everything is attached.
  void begin() {
    loop.missingPrograms()
        .forEach(
            (what, why) -> Console.debug("not available on this kernel: " + what + ": " + why));
    output.onAttached(this::summary);
    output.begin();
    options.createReadyFile();
  }

  /// Ends the trace soon; from any thread.
  void stop() {
    loop.stop();
  }

  /// Ends the trace soon; from any thread. If the output is blocked, halts the process with `code`.
  void requestStop(int code) {
    loop.stop();
    output.onStop();
    ShutdownWatchdog.enforce(
        () -> finished,
        output::isBlocked,
        code,
        () -> summary().line() + ", the output is blocked: the remaining rows were dropped");
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
    try {
      loop.run(settings.limitNs(), this);
      loop.end(this);
    } catch (RuntimeException e) {
      output.onStop();
      throw e;
    }
    TraceSummary summary = summary();
    output.finish(summary.seen(), summary.lost());
    return summary;
  }

  private TraceSummary summary() {
    return loop.summary(opened()).withMalformedRows(output.malformedRows());
  }

  private Subscription opened() {
    return Objects.requireNonNull(subscription, "not attached");
  }

  @Override
  public void onLoss(long packets) {
    output.reportLoss(packets);
  }

  @Override
  public void onBatchEnd(boolean drained) {
    output.onBatchEnd(drained);
    if (!nameWarningShown && opened().nameUnknown() > 0) {
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
    finish(summary, !output.isReaderGone());
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
    output.throwIfFailed();
  }
}

package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection;
import dev.jig.os.Signals;
import dev.jig.pcap.CaptureFormatException;
import dev.jig.trace.FileTrace;
import java.io.IOException;

/// `ig trace dns --read FILE`: shows the rows of a capture file. Needs no root.
final class FileRun {
  private final String file;
  private final ContainerSelection selection;
  private final TraceDnsOptions options;
  private final TraceDnsOptions.Parsed parsed;

  /// @param selection applies to rows written by `-o pcapng`, which name their container
  FileRun(
      String file,
      ContainerSelection selection,
      TraceDnsOptions options,
      TraceDnsOptions.Parsed parsed) {
    this.file = file;
    this.selection = selection;
    this.options = options;
    this.parsed = parsed;
  }

  int run() {
    try (FileTrace trace = FileTrace.open(file, parsed.ports())) {
      Signals.onInterrupt(
          () -> ShutdownWatchdog.enforce(() -> false, () -> true, 0, trace::summary));
      OutputFormat format =
          trace.beginsWithRow() ? parsed.format() : options.parseForPlainCapture().format();
      RowOutput rows = RowOutput.open(format, options.openOutput(true), trace::stop);
      Signals.onInterrupt(() -> {
        trace.stop();
        ShutdownWatchdog.enforce(() -> false, rows::isBlocked, 0, trace::summary);
      });
      rows.begin();
      try {
        trace.run(
            selection,
            parsed.filter(),
            parsed.dnsTimeoutNs(),
            parsed.details(),
            rows,
            count -> rows.reportLoss(count, "the program that wrote the file was too slow"));
      } finally {
        rows.finish(trace.packets());
        hintIfContainersUnknown(trace.unattributed());
        if (!rows.isReaderGone() || options.verbosity.isVerbose()) {
          Console.printPlain(trace.summary());
        }
      }
      rows.throwIfFailed();
      return 0;
    } catch (CaptureFormatException e) {
      throw UserFacingException.machine(
          String.valueOf(e.getMessage())); // names the file and the offset
    } catch (IOException e) {
      throw Failures.ofFile("cannot read " + file, e);
    }
  }

  private void hintIfContainersUnknown(long messages) {
    if (messages > 0 && !selection.isAllContainers()) {
      Console.print(
          "-c does not apply to "
              + (messages == 1 ? "1 message" : messages + " messages")
              + ": only packets written by ig -o pcapng name their container.");
    }
  }
}

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
  private final SelectionOptions options;
  private final Gadget gadget;

  /// @param selection applies to rows written by `-o pcapng`, which name their container
  FileRun(String file, ContainerSelection selection, SelectionOptions options, Gadget gadget) {
    this.file = file;
    this.selection = selection;
    this.options = options;
    this.gadget = gadget;
  }

  int run() {
    TraceSettings settings = gadget.settings();
    try (FileTrace trace = FileTrace.open(file, settings.ports())) {
      Signals.onInterrupt(
          () -> ShutdownWatchdog.enforce(() -> false, () -> true, 0, trace::summary));
      TraceOutput rows =
          gadget.open(trace.beginsWithRow() ? Source.RECORDING : Source.CAPTURE, trace::stop);
      Signals.onInterrupt(() -> {
        trace.stop();
        ShutdownWatchdog.enforce(() -> false, rows::isBlocked, 0, trace::summary);
      });
      rows.begin();
      try {
        trace.run(
            selection,
            settings.filter(),
            settings.dnsTimeoutNs(),
            settings.details(),
            rows,
            count -> rows.reportLoss(count, "the program that wrote the file was too slow"));
      } finally {
        rows.finish(trace.packets(), trace.lost());
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

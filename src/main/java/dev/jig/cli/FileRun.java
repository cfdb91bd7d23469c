package dev.jig.cli;

import dev.jig.pcap.CaptureFormatException;
import dev.jig.trace.FileTrace;
import dev.jig.trace.Machine;
import java.io.IOException;

/// `ig trace dns --read FILE`: the rows of a capture file. Needs no root.
final class FileRun {
  private final String file;
  private final TraceDnsOptions options;
  private final TraceDnsOptions.Parsed parsed;

  FileRun(String file, TraceDnsOptions options, TraceDnsOptions.Parsed parsed) {
    this.file = file;
    this.options = options;
    this.parsed = parsed;
  }

  int run() {
    try (FileTrace trace = FileTrace.open(file, parsed.ports())) {
      RowOutput rows = RowOutput.open(parsed.format(), options.stream(true), trace::stop);
      Machine.onInterrupt(() -> {
        trace.stop();
        Ending.enforce(() -> false, rows::isStuck, 0, trace::summary);
      });
      rows.begin();
      try {
        trace.run(parsed.filter(), parsed.dnsTimeoutNs(), parsed.details().messages(), rows);
      } finally {
        rows.flush();
        if (!rows.isReaderGone() || options.verbose) {
          Console.plain(trace.summary());
        }
      }
      rows.check();
      return 0;
    } catch (CaptureFormatException e) {
      throw new CannotException(String.valueOf(e.getMessage())); // names the file and the place
    } catch (IOException e) {
      throw CannotException.of("cannot read " + file, e);
    }
  }
}

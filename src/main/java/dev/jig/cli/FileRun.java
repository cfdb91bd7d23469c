package dev.jig.cli;

import dev.jig.pcap.CaptureFormatException;
import dev.jig.trace.FileTrace;
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
      RowOutput rows =
          RowOutput.open(parsed.format(), options.outputFile, RowOutput.Stream.STDOUT, trace::stop);
      rows.begin();
      try {
        trace.run(parsed.filter(), parsed.dnsTimeoutNs(), rows);
      } finally {
        rows.flush();
        Console.plain(trace.summary());
      }
      if (rows.failure() != null && !rows.isReaderGone()) {
        throw new CannotException("cannot write rows: " + RowOutput.reason(rows.failure()));
      }
      return 0;
    } catch (CaptureFormatException e) {
      throw new CannotException(String.valueOf(e.getMessage())); // names the file and the place
    } catch (IOException e) {
      throw new CannotException("cannot read " + file + ": " + RowOutput.reason(e));
    }
  }
}

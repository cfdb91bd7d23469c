package dev.jig.advise.report;

import dev.jig.advise.Report;
import java.io.IOException;
import java.io.OutputStream;

/// Writes a report in one format, as UTF-8.
public interface ReportWriter {
  void write(Report report, OutputStream out) throws IOException;
}

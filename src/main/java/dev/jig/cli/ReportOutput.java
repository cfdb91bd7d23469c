package dev.jig.cli;

import dev.jig.advise.Report;
import dev.jig.advise.Severity;
import dev.jig.advise.report.MarkdownReport;
import dev.jig.advise.report.ReportWriter;
import dev.jig.advise.report.StructuredReport;
import dev.jig.advise.report.TextReport;
import java.io.IOException;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Writes a report of `advise` in the chosen format to stdout, stderr or a file.
final class ReportOutput {
  private final String format;
  private final RowStream stream;
  private final String hint;
  private final WriteFailure failure;
  private @Nullable Severity worst;

  /// @param hint what to do if there was no lookup
  ReportOutput(String format, RowStream stream, String hint) {
    this.format = format;
    this.stream = stream;
    this.hint = hint;
    this.failure = new WriteFailure(stream, "cannot write the report");
  }

  /// Writes the report.
  ///
  /// @return whether it was written
  boolean write(Report report) {
    worst =
        report.findings().stream()
            .map(finding -> finding.id().severity())
            .max(Comparator.naturalOrder())
            .orElse(null);
    try {
      writer().write(report, stream);
      stream.flush();
      return true;
    } catch (IOException e) {
      failure.set(e);
      return false;
    }
  }

  private ReportWriter writer() {
    return switch (format) {
      case "markdown" -> new MarkdownReport(hint);
      case "json" -> StructuredReport.json();
      case "yaml" -> StructuredReport.yaml();
      default ->
          new TextReport(
              stream.isTerminal() && System.getenv("NO_COLOR") == null,
              stream.terminalColumns().orElse(0),
              hint);
    };
  }

  /// The severity of the worst finding; null if there is none.
  @Nullable Severity worst() {
    return worst;
  }

  boolean isBlocked() {
    return stream.isBlocked();
  }

  boolean isReaderGone() {
    return failure.isReaderGone();
  }

  void throwIfFailed() {
    failure.throwIfError();
  }
}

package dev.jig.advise.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jig.advise.Finding;
import dev.jig.advise.Report;
import dev.jig.output.Escaping;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A report for incident documents and chats. Texts from outside are escaped so that they can make
/// neither markup nor links.
public final class MarkdownReport implements ReportWriter {
  private static final String SPECIAL = "\\`*_{}[]()<>#+!|~&@";

  private final String hint;

  /// @param hint what to do if there was no lookup
  public MarkdownReport(String hint) {
    this.hint = hint;
  }

  @Override
  public void write(Report report, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    int count = report.findings().size();
    text.append("**").append(Sentences.headline(report.window(), count)).append("**\n");
    if (report.window().lookups() == 0) {
      text.append('\n').append(escape(hint)).append('\n');
    }
    for (String limit : Sentences.limits(report.window(), count)) {
      text.append('\n').append(escape(limit)).append('\n');
    }
    report.findings().forEach(finding -> append(text, finding));
    out.write(text.toString().getBytes(UTF_8));
  }

  private static void append(StringBuilder text, Finding finding) {
    text.append("\n### ")
        .append(finding.id().severity().text())
        .append(": ")
        .append(finding.id().text())
        .append(" · ")
        .append(escape(Sentences.subject(finding)))
        .append("\n\n");
    finding.summary().forEach(sentence -> text.append(escape(sentence)).append('\n'));
    text.append(Sentences.since(finding)).append('\n');
    appendItem(text, "Cause", Sentences.cause(finding));
    finding.advice().forEach(advice -> appendItem(text, "Do", Sentences.imperative(advice)));
    text.append('\n');
    finding
        .evidence()
        .evidence()
        .forEach(
            example -> text.append("- ").append(escape(Sentences.example(example))).append('\n'));
  }

  private static void appendItem(StringBuilder text, String label, @Nullable String sentence) {
    if (sentence != null) {
      text.append("\n**").append(label).append(":** ").append(escape(sentence)).append('\n');
    }
  }

  /// Puts a backslash in front of ASCII punctuation with a meaning (CommonMark section 2.4), and of
  /// what makes a link of an address (GitHub Flavored Markdown, autolinks).
  static String escape(String raw) {
    StringBuilder escaped = new StringBuilder();
    for (char c : Escaping.TERMINAL.escape(raw).toCharArray()) {
      escaped.append(SPECIAL.indexOf(c) >= 0 ? "\\" : "").append(c);
    }
    return escaped.toString().replace("://", "\\://").replace("www.", "www\\.");
  }
}

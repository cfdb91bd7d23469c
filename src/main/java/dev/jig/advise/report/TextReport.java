package dev.jig.advise.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jig.advise.Evidence;
import dev.jig.advise.Finding;
import dev.jig.advise.Report;
import dev.jig.advise.Severity;
import dev.jig.output.Escaping;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A report for terminals and tickets. Texts from outside are escaped.
public final class TextReport implements ReportWriter {
  private static final String INDENT = " ".repeat(9);
  private static final int ID_WIDTH = 17;

  private static final int MIN_COLUMNS = 40;

  private final boolean colored;
  private final int columns;
  private final String hint;

  /// @param colored whether severities have colours (SGR)
  /// @param columns of the terminal, at which sentences are wrapped; 0: they are not
  /// @param hint what to do if there was no lookup
  public TextReport(boolean colored, int columns, String hint) {
    this.colored = colored;
    this.columns = columns;
    this.hint = hint;
  }

  @Override
  public void write(Report report, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    int count = report.findings().size();
    line(text, "", Sentences.headline(report.window(), count));
    if (report.window().lookups() == 0) {
      line(text, "", hint);
    }
    Sentences.limits(report.window(), count).forEach(limit -> line(text, "", limit));
    for (Finding finding : report.findings()) {
      text.append('\n');
      append(text, finding);
    }
    out.write(text.toString().getBytes(UTF_8));
  }

  private void append(StringBuilder text, Finding finding) {
    String severity = finding.id().severity().text().toUpperCase(Locale.ROOT);
    text.append(color(finding.id().severity()))
        .append(String.format(Locale.ROOT, "%-8s", severity))
        .append(colored ? "\u001b[0m" : "")
        .append(' ');
    String id = String.format(Locale.ROOT, "%-" + ID_WIDTH + "s", finding.id().text());
    line(text, "", id + " " + Sentences.subject(finding));
    finding.summary().forEach(sentence -> wrap(text, sentence));
    wrap(text, Sentences.since(finding));
    appendLabelled(text, "Cause: ", Sentences.cause(finding));
    finding.advice().forEach(advice -> appendLabelled(text, "Do: ", Sentences.imperative(advice)));
    List<Evidence> evidence = finding.evidence().evidence();
    evidence.forEach(example -> wrap(text, Sentences.example(example)));
  }

  private void appendLabelled(StringBuilder text, String label, @Nullable String sentence) {
    if (sentence != null) {
      wrap(text, label + sentence + (sentence.endsWith(".") ? "" : "."));
    }
  }

  /// Appends a sentence, on several lines where the terminal is narrow.
  private void wrap(StringBuilder text, String sentence) {
    int width = columns < MIN_COLUMNS ? Integer.MAX_VALUE : columns - INDENT.length();
    String rest = Escaping.TERMINAL.escape(sentence);
    while (rest.length() > width) {
      int space = rest.lastIndexOf(' ', width);
      int end = space <= 0 ? width : space;
      line(text, INDENT, rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    line(text, INDENT, rest);
  }

  private static void line(StringBuilder text, String indent, String line) {
    text.append(indent).append(Escaping.TERMINAL.escape(line)).append('\n');
  }

  private String color(Severity severity) {
    if (!colored) {
      return "";
    }
    return switch (severity) {
      case ERROR -> "\u001b[31;1m";
      case WARNING -> "\u001b[33m";
      case INFO -> "\u001b[36m";
    };
  }
}

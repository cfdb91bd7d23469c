package dev.jig.top.screen;

import dev.jig.fields.GoDuration;
import dev.jig.output.Cells;
import dev.jig.output.Escaping;
import dev.jig.top.KeyColumn;
import dev.jig.top.Snapshot;
import dev.jig.top.TopRow;
import dev.jig.top.TopText;
import dev.jig.top.ViewSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// The lines of the screen: totals, the view, the table, and a line of keys.
final class ScreenLines {
  /// Lines that are no rows: totals, view, header, keys.
  static final int FRAME = 4;

  private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
  private static final AttributedStyle BOLD = PLAIN.bold();
  private static final AttributedStyle DIM = PLAIN.faint();
  private static final AttributedStyle SELECTED = PLAIN.inverse();
  private static final String KEYS =
      "↑↓ select  Enter open  Esc back  s sort  b by  / filter  p pause  ? help  q quit";

  private static final List<String> HELP =
      List.of(
          "↑ ↓ PgUp PgDn   select a row",
          "Enter           open it: its names, then their nameservers",
          "Esc             back",
          "s               sort by the next count; r reverses",
          "b               count by other keys, such as namespace,pod",
          "/               show what matches a filter, such as qtype:AAAA (as -F)",
          "p               pause; counting goes on",
          "q               quit",
          "",
          "OK is with or without an address, NX is NXDOMAIN, FAILED is SERVFAIL, REFUSED and other",
          "rcodes, NOANSWER is without an answer. P50, P95 and MAX are what clients waited.",
          "TOTAL counts since the view was opened, all else of the last interval.");

  private final ScreenState state;
  private final int columns;
  private final int rows;
  private final AttributedStyle bad;

  /// @param hasColour false: NO_COLOR is set
  ScreenLines(ScreenState state, int columns, int rows, boolean hasColour) {
    this.state = state;
    this.columns = columns;
    this.rows = rows;
    this.bad = hasColour ? PLAIN.foreground(AttributedStyle.RED).bold() : BOLD;
  }

  /// As many lines as the terminal has.
  List<AttributedString> lines() {
    List<AttributedString> lines = new ArrayList<>();
    lines.add(totals());
    lines.add(cut(view(), DIM));
    if (state.isHelpShown()) {
      HELP.forEach(line -> lines.add(cut(line, PLAIN)));
    } else {
      addTable(lines);
    }
    while (lines.size() < rows - 1) {
      lines.add(AttributedString.EMPTY);
    }
    while (lines.size() > Math.max(0, rows - 1)) {
      lines.removeLast();
    }
    lines.add(lastLine());
    return lines;
  }

  private AttributedString totals() {
    Snapshot table = state.table();
    AttributedStringBuilder line = new AttributedStringBuilder();
    if (table == null) {
      return cut("waiting for the first interval", BOLD);
    }
    TopRow all = table.all();
    double seconds = Math.max(table.intervalNs(), 1) / 1e9;
    line.append(number(Math.round(all.lookups() / seconds)) + " lookups/s", BOLD);
    line.append(" · " + number(all.nx()) + " nx · ");
    line.append(number(all.failed()) + " failed", all.failed() > 0 ? bad : PLAIN);
    line.append(" · ");
    line.append(number(all.unanswered()) + " no answer", all.unanswered() > 0 ? bad : PLAIN);
    line.append(" · p95 " + (all.lookups() == 0 ? "-" : GoDuration.formatRounded(all.p95Ns())));
    if (table.packetsLost() > 0) {
      line.append(" · ").append(number(table.packetsLost()) + " packets lost", bad);
    }
    int left = columns - Cells.width(line) - 2;
    if (left > 0) {
      line.append("  ").append(Sparkline.of(state.history(), left));
    }
    return line.toAttributedString().subSequence(0, Math.min(columns, line.length()));
  }

  private String view() {
    ViewSpec spec = state.spec();
    StringJoiner text = new StringJoiner(" · ");
    text.add("by " + String.join(",", spec.by().stream().map(KeyColumn::text).toList()));
    for (ViewSpec.Condition condition : spec.conditions()) {
      String value = condition.text().isEmpty() ? TopText.ABSENT : condition.text();
      text.add(condition.column().text() + " " + Escaping.TERMINAL.escape(value));
    }
    if (!spec.filter().isBlank()) {
      text.add("filter " + Escaping.TERMINAL.escape(spec.filter()));
    }
    text.add("sort " + state.order().text());
    Snapshot table = state.table();
    if (table != null && table.keys() > table.rows().size()) {
      text.add(number(table.rows().size()) + " of " + number(table.keys()) + " rows");
    }
    return (state.isPaused() ? "PAUSED · " : "") + text;
  }

  private void addTable(List<AttributedString> lines) {
    Snapshot table = state.table();
    if (table == null) {
      return;
    }
    List<String> text = TopText.lines(table, columns);
    lines.add(cut(text.getFirst(), BOLD));
    int selected = state.selectedIndex();
    int visible = Math.max(1, rows - FRAME);
    int first = Math.max(0, selected - visible + 1);
    for (int i = first; i < Math.min(first + visible, text.size() - 1); i++) {
      boolean isRow = i < table.rows().size();
      boolean isBad = isRow && isBad(table.rows().get(i));
      AttributedStyle style = isBad ? bad : PLAIN;
      lines.add(cut(text.get(i + 1), isRow && i == selected ? SELECTED : style));
    }
  }

  private static boolean isBad(TopRow row) {
    return row.failed() + row.unanswered() > 0;
  }

  private AttributedString lastLine() {
    Prompt prompt = state.prompt();
    if (prompt != null) {
      String typed = Escaping.TERMINAL.escape(prompt.text());
      return cut(prompt.kind().label() + typed + "▏", BOLD);
    }
    return state.message().isEmpty()
        ? cut(KEYS, DIM)
        : cut(Escaping.TERMINAL.escape(state.message()), BOLD);
  }

  /// One line, cut at the width of the terminal.
  private AttributedString cut(String text, AttributedStyle style) {
    AttributedString line = new AttributedString(text, style);
    return line.columnSubSequence(0, columns);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}

package dev.jig.it;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A printed table as its header lays it out: where each cell begins, and how much fits into it.
record Table(String header) {
  private static final Pattern CELL = Pattern.compile("\\S+ *");

  /// The line with these cells: cut at their end where they don't fit, and padded.
  String row(Object... cells) {
    List<Integer> widths =
        CELL.matcher(header).results().map(MatchResult::group).map(String::length).toList();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      boolean last = i == cells.length - 1;
      line.append(cell(cells[i].toString(), widths.get(i) - (last ? 0 : 1)));
      line.append(last ? "" : " ");
    }
    return line.toString();
  }

  private static String cell(String text, int width) {
    String shown = text.length() > width ? text.substring(0, width - 1) + "…" : text;
    return shown + " ".repeat(width - shown.length());
  }
}

package dev.jig.kube.deploy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Two variants of a manifest as one template: what both have stands once, what they don't stands
/// under a condition.
final class OptionalLines {
  /// Where a line belongs.
  private enum Side {
    BOTH,
    WITHOUT,
    WITH
  }

  private record Line(Side side, String text) {}

  private OptionalLines() {}

  /// Merges documents; all that are in `without` are in `with`, too, in the same order.
  ///
  /// @param condition of a template, true where the variant `with` is wanted
  static String merge(List<String> without, List<String> with, String condition) {
    StringBuilder template = new StringBuilder();
    Iterator<String> plain = without.iterator();
    String next = plain.hasNext() ? plain.next() : "";
    for (String document : with) {
      if (identity(document).equals(identity(next))) {
        append(template, merged(lines(next), lines(document)), condition);
        next = plain.hasNext() ? plain.next() : "";
      } else {
        append(
            template,
            lines(document).stream().map(text -> new Line(Side.WITH, text)).toList(),
            condition);
      }
    }
    if (!next.isEmpty()) {
      throw new IllegalArgumentException("only without the option: " + next);
    }
    return template.toString();
  }

  private static List<String> lines(String document) {
    return document.lines().toList();
  }

  /// Its kind and its name.
  private static List<String> identity(String document) {
    return document
        .lines()
        .filter(line -> line.startsWith("kind: ") || line.startsWith("  name: "))
        .toList();
  }

  /// By their longest common subsequence.
  private static List<Line> merged(List<String> a, List<String> b) {
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? 1 + common[i + 1][j + 1]
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<Line> all = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        all.add(new Line(Side.BOTH, a.get(i++)));
        j++;
      } else if (j == b.size() || i < a.size() && common[i + 1][j] >= common[i][j + 1]) {
        all.add(new Line(Side.WITHOUT, a.get(i++)));
      } else {
        all.add(new Line(Side.WITH, b.get(j++)));
      }
    }
    return all;
  }

  private static void append(StringBuilder template, List<Line> lines, String condition) {
    Side open = Side.BOTH;
    for (Line line : lines) {
      if (line.side() != open) {
        template.append(change(open, line.side(), condition));
        open = line.side();
      }
      template.append(line.text()).append('\n');
    }
    template.append(change(open, Side.BOTH, condition));
  }

  private static String change(Side from, Side to, String condition) {
    if (from == to) {
      return "";
    }
    String end = from == Side.BOTH ? "" : "{{- end }}\n";
    return switch (to) {
      case BOTH -> end;
      case WITH -> from == Side.WITHOUT ? "{{- else }}\n" : end + "{{- if " + condition + " }}\n";
      case WITHOUT -> end + "{{- if not " + condition + " }}\n";
    };
  }
}

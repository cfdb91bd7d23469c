package dev.jig.it.zoo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The confusion matrix: a row for each kind of set-up, a column for each id that was found.
final class Matrix {
  private static final Path FILE = Path.of("target/zoo-matrix.md");

  /// How many set-ups of a kind ran, and in how many of them each id was found.
  private static final class Row {
    private int setups;
    private final Map<String, Integer> found = new LinkedHashMap<>();
  }

  private final Map<String, Row> rows = new LinkedHashMap<>();

  /// @param ids what was found in a set-up
  synchronized void add(String kind, List<String> ids) {
    Row row = rows.computeIfAbsent(kind, _ -> new Row());
    row.setups++;
    Set.copyOf(ids).forEach(id -> row.found.merge(id, 1, Integer::sum));
  }

  /// As a table of Markdown. The columns are in the order of the rows, so that right findings are
  /// on the diagonal.
  synchronized String table() {
    List<String> kinds = kinds();
    Set<String> columns = Collections.newSetFromMap(new LinkedHashMap<>());
    columns.addAll(kinds);
    columns.removeAll(List.of(Setup.SEVERAL, Setup.HEALTHY));
    rows.values().forEach(row -> columns.addAll(new TreeSet<>(row.found.keySet())));
    StringBuilder table = new StringBuilder("| set-ups | |");
    columns.forEach(id -> table.append(' ').append(id).append(" |"));
    table.append("\n|---|---|").append("---|".repeat(columns.size())).append('\n');
    for (String kind : kinds) {
      Row row = rows.get(kind);
      String cells =
          columns.stream()
              .map(id -> row == null ? 0 : row.found.getOrDefault(id, 0))
              .map(count -> count == 0 ? " · |" : " " + count + " |")
              .collect(Collectors.joining());
      table.append("| ").append(kind).append(" | ").append(row == null ? 0 : row.setups);
      table.append(" |").append(cells).append('\n');
    }
    return table.toString();
  }

  /// The kinds that ran, in the order of the zoo.
  private List<String> kinds() {
    return Setup.all().stream().map(Setup::kind).distinct().filter(rows::containsKey).toList();
  }

  void write() {
    try {
      Files.createDirectories(FILE.toAbsolutePath().getParent());
      Files.writeString(FILE, table());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

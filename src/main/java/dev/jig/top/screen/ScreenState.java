package dev.jig.top.screen;

import dev.jig.event.UserFacingException;
import dev.jig.top.CountColumn;
import dev.jig.top.Key;
import dev.jig.top.KeyColumn;
import dev.jig.top.Snapshot;
import dev.jig.top.SortOrder;
import dev.jig.top.TopRow;
import dev.jig.top.ViewSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the screen shows, and what keys change of it. One thread.
final class ScreenState {
  private static final int HISTORY = 60;
  private static final int MAX_DEPTH = 4;

  /// The orders that `s` goes through.
  private static final List<CountColumn> ORDERS =
      List.of(
          CountColumn.LOOKUPS,
          CountColumn.NX,
          CountColumn.FAILED,
          CountColumn.NO_ANSWER,
          CountColumn.P95,
          CountColumn.MAX,
          CountColumn.TOTAL);

  /// One of the open views.
  private static final class Level {
    ViewSpec spec;
    @Nullable Snapshot table;
    @Nullable Key selected;

    Level(ViewSpec spec) {
      this.spec = spec;
    }
  }

  private final List<Level> levels = new ArrayList<>();
  private final Control control;
  private final int minRows;

  /// Lookups of each interval of the outermost view, the newest last.
  private final Deque<Long> history = new ArrayDeque<>();

  private SortOrder order;
  private int visibleRows = 1;
  private boolean paused;
  private boolean helpShown;
  private @Nullable Prompt prompt;
  private String message = "";

  /// @param minRows rows to keep even if fewer are visible
  ScreenState(ViewSpec first, SortOrder order, int minRows, Control control) {
    this.levels.add(new Level(first));
    this.order = order;
    this.minRows = minRows;
    this.control = control;
  }

  /// Takes the table of an interval; one of a view that is not shown any more is ignored.
  void onSnapshot(Snapshot table) {
    Level shown = levels.getLast();
    if (!table.view().equals(shown.spec)) {
      return;
    }
    history.addLast(table.all().lookups());
    if (history.size() > HISTORY) {
      history.removeFirst();
    }
    if (!paused || shown.table == null) {
      shown.table = table;
    }
  }

  /// Shows a sentence in the last line, until the next key.
  void onMessage(String sentence) {
    message = sentence;
  }

  /// The number of rows that fit.
  void setVisibleRows(int rows) {
    if (rows != visibleRows) {
      visibleRows = Math.max(1, rows);
      updateRows();
    }
  }

  private void updateRows() {
    control.setRows(order, Math.max(minRows, visibleRows));
  }

  /// Handles a key.
  ///
  /// @param typed the characters it sent
  void onKey(Command command, String typed) {
    message = "";
    if (helpShown) {
      helpShown = false;
      return;
    }
    Prompt open = prompt;
    if (open != null) {
      onPromptKey(open, command, typed);
      return;
    }
    switch (command) {
      case UP -> move(-1);
      case DOWN -> move(1);
      case PAGE_UP -> move(-visibleRows);
      case PAGE_DOWN -> move(visibleRows);
      case HOME -> move(Integer.MIN_VALUE);
      case END -> move(Integer.MAX_VALUE);
      case ENTER -> openRow();
      case ESCAPE, ERASE -> back();
      case QUIT -> control.quit();
      case CHARACTER -> onCharacter(typed);
    }
  }

  private void onCharacter(String typed) {
    switch (typed) {
      case "s" -> sortByNext();
      case "r" -> sort(order.reversed());
      case "b" -> {
        List<String> names = spec().by().stream().map(KeyColumn::text).toList();
        prompt = new Prompt(Prompt.Kind.BY, String.join(",", names));
      }
      case "/" -> prompt = new Prompt(Prompt.Kind.FILTER, spec().filter());
      case "p", " " -> paused = !paused;
      case "?", "h" -> helpShown = true;
      case "q" -> control.quit();
      default -> message = "? shows the keys";
    }
  }

  private void onPromptKey(Prompt open, Command command, String typed) {
    switch (command) {
      case ENTER -> {
        prompt = null;
        accept(open);
      }
      case ESCAPE -> prompt = null;
      case ERASE -> open.erase();
      case QUIT -> control.quit();
      case CHARACTER -> open.type(typed);
      case UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, END -> {}
    }
  }

  private void accept(Prompt answered) {
    try {
      switch (answered.kind()) {
        case BY -> replace(spec().withBy(KeyColumn.parse(answered.text())));
        case FILTER -> {
          ViewSpec filtered = spec().withFilter(answered.text());
          filtered.validate();
          replace(filtered);
        }
      }
    } catch (UserFacingException e) {
      message = e.text();
    }
  }

  private void replace(ViewSpec changed) {
    Level shown = levels.getLast();
    if (changed.equals(shown.spec)) {
      return;
    }
    shown.spec = changed;
    shown.table = null;
    shown.selected = null;
    if (levels.size() == 1) {
      history.clear();
    }
    control.show(specs());
  }

  private void openRow() {
    Key key = selectedKey();
    ViewSpec inside = key == null || levels.size() == MAX_DEPTH ? null : spec().into(key);
    if (inside == null) {
      message = "there is nothing deeper";
      return;
    }
    levels.add(new Level(inside));
    history.clear();
    control.show(specs());
  }

  private void back() {
    if (levels.size() > 1) {
      levels.removeLast();
      history.clear();
      control.show(specs());
    }
  }

  private List<ViewSpec> specs() {
    return levels.stream().map(level -> level.spec).toList();
  }

  private void sortByNext() {
    int present = -1;
    for (int i = 0; i < ORDERS.size(); i++) {
      present = order.isBy(ORDERS.get(i)) ? i : present;
    }
    sort(SortOrder.by(ORDERS.get((present + 1) % ORDERS.size())));
  }

  private void sort(SortOrder changed) {
    order = changed;
    updateRows();
    Snapshot table = levels.getLast().table;
    if (table != null) {
      levels.getLast().table = table.sorted(order);
    }
  }

  private void move(int by) {
    List<TopRow> rows = rows();
    if (rows.isEmpty()) {
      return;
    }
    long wanted = (long) selectedIndex() + by;
    levels.getLast().selected = rows.get(Math.clamp(wanted, 0, rows.size() - 1)).key();
  }

  /// The index of the selected row; the first one if its key is not in the table.
  int selectedIndex() {
    Key key = levels.getLast().selected;
    List<TopRow> rows = rows();
    for (int i = 0; key != null && i < rows.size(); i++) {
      if (key.equals(rows.get(i).key())) {
        return i;
      }
    }
    return 0;
  }

  private @Nullable Key selectedKey() {
    List<TopRow> rows = rows();
    return rows.isEmpty() ? null : rows.get(selectedIndex()).key();
  }

  private List<TopRow> rows() {
    Snapshot table = levels.getLast().table;
    return table == null ? List.of() : table.rows();
  }

  ViewSpec spec() {
    return levels.getLast().spec;
  }

  /// The table to show; null until the first interval of the view has ended.
  @Nullable Snapshot table() {
    return levels.getLast().table;
  }

  long[] history() {
    return history.stream().mapToLong(Long::longValue).toArray();
  }

  SortOrder order() {
    return order;
  }

  boolean isPaused() {
    return paused;
  }

  boolean isHelpShown() {
    return helpShown;
  }

  @Nullable Prompt prompt() {
    return prompt;
  }

  String message() {
    return message;
  }
}

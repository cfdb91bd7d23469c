package dev.jig.top.screen;

import dev.jig.top.SortOrder;
import dev.jig.top.ViewSpec;
import java.util.List;

/// What the screen asks of the trace. Called by the screen's thread.
public interface Control {
  /// Sets the views to count, the outermost first; the last one is shown.
  void show(List<ViewSpec> views);

  /// Sets the order and the number of rows.
  void setRows(SortOrder order, int maxRows);

  /// The user ends the program.
  void quit();
}

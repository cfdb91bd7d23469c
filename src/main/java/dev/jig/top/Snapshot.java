package dev.jig.top;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The table of one interval.
///
/// @param rows in order, as many as were wanted
/// @param keys how many rows there are in all
/// @param other the lookups of keys that were not kept; null if there are none
/// @param all the sum
/// @param intervalNs how long the interval was
/// @param packetsLost since the trace began
public record Snapshot(
    ViewSpec view,
    List<TopRow> rows,
    int keys,
    @Nullable TopRow other,
    TopRow all,
    long intervalNs,
    long packetsLost) {
  public Snapshot {
    rows = List.copyOf(rows);
  }

  /// The rows in another order.
  public Snapshot sorted(SortOrder order) {
    List<TopRow> sorted = rows.stream().sorted(order.comparator(view.by())).toList();
    return new Snapshot(view, sorted, keys, other, all, intervalNs, packetsLost);
  }
}

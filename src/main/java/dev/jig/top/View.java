package dev.jig.top;

import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.filter.FilterExpression;
import dev.jig.names.Zones;
import dev.jig.stats.KeyedStats;
import dev.jig.stats.LookupStats;
import dev.jig.top.ViewSpec.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Counts the lookups of one view. One thread.
public final class View {
  private final ViewSpec spec;
  private final KeyColumn[] by;
  private final FilterExpression filter;
  private final Zones zones;
  private final KeyedStats<Key> stats = new KeyedStats<>();

  /// @param zones learns from all lookups
  public View(ViewSpec spec, Zones zones) {
    this.spec = spec;
    this.by = spec.by().toArray(KeyColumn[]::new);
    this.filter = spec.expression();
    this.zones = zones;
  }

  public ViewSpec spec() {
    return spec;
  }

  /// Counts a lookup if it belongs to the view.
  ///
  /// @param outcome of the row
  public void onLookup(LookupRow row, Outcome outcome) {
    if (!filter.test(row) || !holdsConditions(row)) {
      return;
    }
    @Nullable Object[] values = new @Nullable Object[by.length];
    for (int i = 0; i < by.length; i++) {
      values[i] = by[i].valueOf(row, zones);
    }
    stats.add(new Key(values), outcome, row.waitedNs());
  }

  private boolean holdsConditions(LookupRow row) {
    for (Condition condition : spec.conditions()) {
      Object value = condition.column().valueOf(row, zones);
      if (!condition.text().equals(Objects.toString(value, ""))) {
        return false;
      }
    }
    return true;
  }

  /// The counts of the interval and the totals, which nodes send and clients add up.
  public KeyedStats<Key> stats() {
    return stats;
  }

  /// The interval's rows.
  ///
  /// @param maxRows how many are kept
  public Snapshot snapshot(SortOrder order, int maxRows, long intervalNs, long packetsLost) {
    List<TopRow> rows = new ArrayList<>(stats.keys());
    boolean byQuantile = order.isByQuantile();
    stats.forEach((key, lookups) -> rows.add(TopRow.of(key, lookups, byQuantile)));
    Comparator<TopRow> comparator = order.comparator(spec.by());
    rows.sort(comparator);
    List<TopRow> shown = new ArrayList<>(Math.min(maxRows, rows.size()));
    for (TopRow row : rows.subList(0, Math.min(maxRows, rows.size()))) {
      shown.add(row.withQuantiles());
    }
    LookupStats other = stats.other();
    return new Snapshot(
        spec,
        shown,
        rows.size(),
        other.total() == 0 ? null : TopRow.of(null, other, true),
        TopRow.of(null, stats.all(), true),
        intervalNs,
        packetsLost);
  }
}

package dev.jig.top;

import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Row;
import dev.jig.names.Zones;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Counts lookups for the open views, one within the other, and gives the innermost one's table at
/// the end of each interval. One thread; [#show] may be called from any.
public final class TopCounter {
  private final long intervalNs;
  private final Zones zones = new Zones();
  private final Consumer<Snapshot> output;
  private List<View> views;

  /// What `views` were opened for.
  private List<ViewSpec> opened;

  private long intervalStartNs;
  private long packetsLost;

  private volatile List<ViewSpec> wanted;
  private volatile SortOrder order;
  private volatile int maxRows;

  /// @param output receives each interval's table
  public TopCounter(
      ViewSpec first, SortOrder order, int maxRows, long intervalNs, Consumer<Snapshot> output) {
    this.wanted = List.of(first);
    this.opened = wanted;
    this.views = List.of(new View(first, zones));
    this.order = order;
    this.maxRows = maxRows;
    this.intervalNs = intervalNs;
    this.output = output;
  }

  /// Sets the open views, the outermost first. Those that stay keep their totals.
  public void show(List<ViewSpec> views) {
    wanted = List.copyOf(views);
  }

  /// Sets the order and number of rows, from the next table on.
  public void setRows(SortOrder newOrder, int newMaxRows) {
    order = newOrder;
    maxRows = newMaxRows;
  }

  /// Begins the first interval.
  ///
  /// @param nowNs any monotonic clock
  public void begin(long nowNs) {
    intervalStartNs = nowNs;
  }

  /// Counts a row; what is no lookup is ignored.
  public void onRow(Row row) {
    if (!(row instanceof LookupRow lookup)) {
      return;
    }
    Outcome outcome = lookup.outcome();
    if (outcome == null) {
      return; // beside a lookup: a late, further or unexpected response
    }
    zones.onLookup(lookup);
    for (View view : views) {
      view.onLookup(lookup, outcome);
    }
  }

  /// Counts lost packets.
  public void onLost(long packets) {
    packetsLost += packets;
  }

  /// Ends the interval if it is over.
  ///
  /// @param nowNs on the clock of [#begin]
  @SuppressWarnings("ReferenceEquality") // each show() sets another list
  public void tick(long nowNs) {
    if (wanted != opened) {
      openViews(wanted);
    }
    if (nowNs - intervalStartNs >= intervalNs) {
      endInterval(nowNs);
    }
  }

  /// Gives the table of the present interval and begins the next one.
  public void endInterval(long nowNs) {
    View innermost = views.getLast();
    output.accept(innermost.snapshot(order, maxRows, nowNs - intervalStartNs, packetsLost));
    views.forEach(view -> view.stats().beginInterval());
    intervalStartNs = nowNs;
    openViews(wanted);
  }

  private void openViews(List<ViewSpec> specs) {
    List<View> all = new ArrayList<>();
    boolean stays = true;
    for (int i = 0; i < specs.size(); i++) {
      stays &= i < views.size() && views.get(i).spec().equals(specs.get(i));
      all.add(stays ? views.get(i) : new View(specs.get(i), zones));
    }
    views = all;
    opened = specs;
  }
}

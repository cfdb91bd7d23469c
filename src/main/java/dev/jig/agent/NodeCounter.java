package dev.jig.agent;

import com.google.protobuf.ByteString;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Row;
import dev.jig.names.Zones;
import dev.jig.top.View;
import dev.jig.top.ViewSpec;
import dev.jig.top.wire.KeyEncoder;
import java.util.Iterator;
import java.util.Map;

/// Counts the lookups of one view of `top`. What was counted since the last report is reported; the
/// client adds it up.
final class NodeCounter implements NodeGadget {
  private final Zones zones = new Zones();
  private final View view;

  NodeCounter(ViewSpec spec) {
    this.view = new View(spec, zones);
  }

  @Override
  public synchronized void accept(Row row) {
    Outcome outcome = row.outcome();
    if (outcome != null && row instanceof LookupRow lookup) {
      zones.onLookup(lookup);
      view.onLookup(lookup, outcome);
    }
  }

  @Override
  public ByteString status() {
    return ByteString.EMPTY;
  }

  /// The counts are encoded at once, since counting goes on.
  @Override
  public synchronized Iterator<ByteString> reports(boolean last) {
    Iterator<ByteString> batches = KeyEncoder.encode(view.stats());
    view.stats().beginInterval();
    return batches;
  }

  @Override
  public synchronized Map<String, Object> counters() {
    return Map.of("lookups", view.stats().all().total(), "keys", view.stats().keys());
  }
}

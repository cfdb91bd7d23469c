package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Question;
import dev.jig.match.Match;
import dev.jig.match.PendingQuery;
import dev.jig.match.Role;
import dev.jig.names.NameFolder;
import dev.jig.names.SearchLists;
import java.util.function.Consumer;

/// Folds lookups into names, behind the selection by container. Counts what becomes of them.
final class NameRows {
  private final NameFolder folder;
  private final Counters counters;

  /// From the packets' clock to nanoseconds since the epoch, as of the last packet.
  private long epochOffsetNs;

  NameRows(SearchLists lists, Counters counters, Consumer<NameRow> output) {
    this.folder = NameFolder.withQueries(lists, output);
    this.counters = counters;
    counters.ofNames = true;
  }

  /// A message was matched; a client's query tells that a lookup will follow.
  void onMessage(Packet packet, Match match) {
    epochOffsetNs = packet.timeNs() - packet.bootNs();
    PendingQuery pending = match.query();
    if (pending == null || pending.key.role() == Role.SERVER) {
      return;
    }
    if (match.row() instanceof Query query) {
      Question question = query.dns().question();
      if (question != null) {
        folder.onQuery(
            query.subject(), query.flow().source().address(), question, query.timestampNs());
      }
    }
  }

  /// The row of a lookup is complete.
  void onLookup(LookupRow row) {
    if (row.outcome() == null) {
      counters.besideNames++;
    } else {
      folder.onLookup(row);
      counters.namesEvicted = folder.evicted();
    }
  }

  void tick(long bootNs) {
    folder.tick(bootNs + epochOffsetNs);
  }

  void finish() {
    folder.finish();
  }
}

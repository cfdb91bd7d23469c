package dev.jig.advise;

import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
import dev.jig.event.Question;
import dev.jig.table.Lru;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Holds the first row of an A and AAAA pair until the second one, which the trace emits at once
/// after it unless a filter drops it.
final class TwinJoin {
  private static final int MAX_HELD = 1_024;

  /// How long a row is held, on the clock of the rows' ends.
  private static final long MAX_HELD_NS = 1_000_000_000;

  /// What the two rows have in common.
  private record Key(long process, String name) {}

  private record Held(LookupRow row, long sinceNs) {}

  /// Receives each row with its twin.
  interface Handler {
    /// Handles a row.
    ///
    /// @param twin null if there is none, or if it did not come
    /// @param isSecond whether the twin was handed on before
    void onRow(LookupRow row, @Nullable LookupRow twin, boolean isSecond);
  }

  private final Handler handler;
  private final Lru<Key, Held> held = new Lru<>(MAX_HELD, this::onAlone);

  TwinJoin(Handler handler) {
    this.handler = handler;
  }

  /// @param nowNs any monotonic clock
  void onRow(LookupRow row, long nowNs) {
    Question question = row.dns().question();
    if (row.lookup().twinState() == null || question == null) {
      handler.onRow(row, null, false);
      return;
    }
    Key key = new Key(process(row), question.name().toLowerCase(Locale.ROOT));
    Held first = held.remove(key);
    if (first == null) {
      held.put(key, new Held(row, nowNs));
    } else if (typeOf(first.row()) == question.type()) {
      onAlone(first);
      held.put(key, new Held(row, nowNs));
    } else {
      handler.onRow(first.row(), row, false);
      handler.onRow(row, first.row(), true);
    }
  }

  private static int typeOf(LookupRow row) {
    Question question = row.dns().question();
    return question == null ? 0 : question.type();
  }

  private static long process(LookupRow row) {
    Owner owner = row.subject().owner();
    return owner == null ? row.flow().source().address().hashCode() : owner.processKey();
  }

  private void onAlone(Held alone) {
    handler.onRow(alone.row(), null, false);
  }

  /// Hands on the rows that have been held for too long.
  void tick(long nowNs) {
    while (!held.isEmpty() && nowNs - held.values().iterator().next().sinceNs() > MAX_HELD_NS) {
      held.evictEldest();
    }
  }

  /// Hands on all rows.
  void finish() {
    while (!held.isEmpty()) {
      held.evictEldest();
    }
  }
}

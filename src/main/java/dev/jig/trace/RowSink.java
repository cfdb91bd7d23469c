package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Row;
import dev.jig.event.WireMessage;
import dev.jig.match.Match;
import dev.jig.names.SearchLists;
import dev.jig.trace.Scope.Decision;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The last stage of a pipeline: names the addresses, filters, counts by kind of row, and hands the
/// row to the output.
final class RowSink {
  private final PipelineConfig config;
  private final Counters counters;
  private final Consumer<Row> output;
  private final @Nullable NameRows names;

  RowSink(PipelineConfig config, Counters counters, Consumer<Row> output) {
    this.config = config;
    this.counters = counters;
    this.output = output;
    SearchLists lists = config.details().names();
    this.names = lists == null ? null : new NameRows(lists, counters, this::emitName);
  }

  /// Emits the row of a message. The bytes are copied only if the row passes the filter.
  void emitMessage(Row row, byte[] bytes, int offset, int length) {
    Row named = filter(row);
    if (named == null) {
      counters.filtered++;
    } else {
      counters.rows++;
      output.accept(withMessage(named, bytes, offset, length));
    }
  }

  /// Emits the row of a message that has its bytes already, or counts why it is dropped.
  void emitMessage(Decision decision, Row row) {
    if (decision != Decision.PASS) {
      counters.countDropped(decision);
      return;
    }
    Row named = filter(row);
    if (named == null) {
      counters.filtered++;
    } else {
      counters.rows++;
      output.accept(named);
    }
  }

  /// Emits a row without a message: of an unanswered query, or recorded as such.
  void emitUnanswered(Row row) {
    Row named = filter(row);
    if (named != null) {
      counters.unansweredRows++;
      output.accept(named);
    }
  }

  /// Emits the row of a lookup, or counts why it is dropped.
  void emitLookup(Decision decision, LookupRow row) {
    switch (decision) {
      case NAME_UNKNOWN, CONTAINER_UNKNOWN, HOLD -> counters.lookupsUnknown++;
      case SKIP -> {} // its messages are counted as filtered
      case PASS -> {
        if (names != null) {
          names.onLookup(row);
          return;
        }
        Row named = filter(row);
        if (named == null) {
          counters.lookupsFiltered++;
        } else {
          counters.lookups++;
          output.accept(named);
        }
      }
    }
  }

  private void emitName(NameRow row) {
    Row named = filter(row);
    if (named == null) {
      counters.namesFiltered++;
    } else {
      counters.names++;
      output.accept(named);
    }
  }

  /// A message of a lookup was matched; the lookup is emitted later.
  void onLookupMessage(Packet packet, Match match) {
    if (names != null) {
      names.onMessage(packet, match);
    }
  }

  /// Emits the names that are due.
  ///
  /// @param bootNs as in [Pipeline#tick]
  void tick(long bootNs) {
    if (names != null) {
      names.tick(bootNs);
    }
  }

  /// Emits all names that wait; the last call.
  void finish() {
    if (names != null) {
      names.finish();
    }
  }

  /// The row with the names of its addresses; null if the filter drops it.
  private @Nullable Row filter(Row row) {
    Row named = config.naming().apply(row);
    return config.filter().test(named) ? named : null;
  }

  /// The row with the message's bytes, if rows carry them.
  Row withMessage(Row row, byte[] bytes, int offset, int length) {
    if (!config.details().messages()) {
      return row;
    }
    return row.withMessage(WireMessage.of(bytes, offset, length));
  }
}

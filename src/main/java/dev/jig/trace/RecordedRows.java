package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Cause;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Timeout;
import dev.jig.match.Match;
import dev.jig.match.PendingQueries;
import dev.jig.match.PendingQuery;
import dev.jig.match.QueryKey;
import dev.jig.match.Rows;
import dev.jig.trace.Scope.Decision;
import dev.jig.wire.PcapngRowOption;
import org.jspecify.annotations.Nullable;

/// Rows that an earlier trace stored in a capture file. They are emitted as recorded, without
/// matching them again; lookups are made of recorded rows.
final class RecordedRows {
  /// The cgroup id of packets from files.
  private static final long NO_CGROUP = 0;

  private final PipelineConfig config;
  private final Counters counters;
  private final Rows rows;
  private final PendingQueries pending;
  private final @Nullable LookupRows lookups;
  private final RowSink sink;

  /// @param lookups null where rows are of single messages
  RecordedRows(
      PipelineConfig config,
      Counters counters,
      Rows rows,
      PendingQueries pending,
      @Nullable LookupRows lookups,
      RowSink sink) {
    this.config = config;
    this.counters = counters;
    this.rows = rows;
    this.pending = pending;
    this.lookups = lookups;
    this.sink = sink;
  }

  /// A packet with a recorded row.
  ///
  /// @param message the packet's message
  void onMessage(
      Packet packet,
      PcapngRowOption option,
      DnsMessage message,
      byte[] bytes,
      int offset,
      int length) {
    counters.recordedRows++;
    Row plain = packetRow(packet, message);
    Row read =
        lookups == null || plain instanceof Response
            ? sink.withMessage(plain, bytes, offset, length)
            : plain;
    Row row = option.mergeWithPacket(read);
    Decision decision = config.decideRecorded(row.subject().container());
    if (lookups == null) {
      sink.emitMessage(decision, row);
    } else {
      lookups.onRecorded(packet, match(packet, message, row), decision);
    }
  }

  /// The row with what packet and message show.
  private Row packetRow(Packet packet, DnsMessage message) {
    return message.isResponse()
        ? rows.response(packet, message, null, null, null, null, null)
        : rows.query(packet, message, null, null, null);
  }

  private Match match(Packet packet, DnsMessage message, Row row) {
    QueryKey key = QueryKey.ofRecorded(packet, row);
    return switch (row) {
      case Query query ->
          new Match(query, pending.addQuery(key, message, query, NO_CGROUP, packet.bootNs()));
      case Response response ->
          new Match(response, pending.matchResponse(key, message, packet.bootNs()));
      case Timeout _, LookupRow _, NameRow _ ->
          throw new IllegalArgumentException("no row of a packet");
    };
  }

  /// A recorded row without a packet, with rows of lookups: the cause is taken from it. If its
  /// query never left the machine, it is the only trace of the lookup.
  void addToLookup(Timeout row) {
    Cause cause = row.cause();
    if (cause == null || lookups == null) {
      return;
    }
    boolean found = false;
    for (PendingQuery query : pending.ofClient(QueryKey.recordedFlow(row))) {
      if (query.key.id() == row.dns().id()) {
        query.setCause(Drop.Hook.PACKET_DROPPED, cause);
        found = true;
      }
    }
    if (!found && row.state() == State.CLOSED) {
      sink.emitLookup(config.decideRecorded(row.subject().container()), Rows.lookupOfRefused(row));
    }
  }

  /// A recorded row without a packet, with rows of single messages.
  void onStandalone(Row row) {
    if (config.decideRecorded(row.subject().container()) == Decision.PASS) {
      sink.emitUnanswered(row);
    }
  }
}

package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.event.Cause;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Timeout;
import dev.jig.match.Lookups;
import dev.jig.match.Match;
import dev.jig.match.PendingQuery;
import dev.jig.match.Rows;
import dev.jig.match.UpstreamTracker;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;

/// One row of each lookup, in place of those of its messages.
final class LookupRows implements RowMaker {
  private final PipelineConfig config;
  private final Counters counters;
  private final HeldRows held;
  private final RowSink sink;
  private final Lookups lookups;

  LookupRows(PipelineConfig config, Counters counters, HeldRows held, RowSink sink) {
    this.config = config;
    this.counters = counters;
    this.held = held;
    this.sink = sink;
    this.lookups =
        new Lookups(
            config.timeoutNs(),
            config.details().peers() ? new UpstreamTracker(config.remembered()) : null,
            this::onRow);
  }

  @Override
  public void onMessage(
      Packet packet, Verdict verdict, Match match, byte[] bytes, int offset, int length) {
    counters.folded++;
    sink.onLookupMessage(packet, match);
    lookups.onMessage(packet, withAnswer(match, bytes, offset, length), true);
  }

  /// A message of a recorded row.
  ///
  /// @param match its row has the message's bytes
  void onRecorded(Packet packet, Match match, Decision decision) {
    if (decision == Decision.PASS) {
      counters.folded++;
      sink.onLookupMessage(packet, match);
    } else {
      counters.countDropped(decision);
    }
    lookups.onMessage(packet, match, decision == Decision.PASS);
  }

  /// Adds the message's bytes to a response; a lookup's row never shows those of a query.
  private Match withAnswer(Match match, byte[] bytes, int offset, int length) {
    return match.row() instanceof Response response && config.details().messages()
        ? new Match(sink.withMessage(response, bytes, offset, length), match.query())
        : match;
  }

  /// A message that is not wanted may be an upstream's.
  @Override
  public boolean needsUnwanted() {
    return true;
  }

  @Override
  public void onUnwanted(Packet packet, Match match) {
    lookups.onMessage(packet, match, false);
  }

  @Override
  public void onConnect(Packet connect) {
    lookups.onConnect(connect);
  }

  @Override
  public void onSocketClosed(long socketCookie, long bootNs) {
    lookups.onSocketClosed(socketCookie, bootNs);
  }

  @Override
  public void onSocketError(long socketCookie, Cause cause, long bootNs) {
    lookups.onSocketError(socketCookie, cause, bootNs);
  }

  @Override
  public void onSegmentLost(Packet segment, Drop drop) {
    lookups.onSegmentLost(
        drop.where() == Drop.Where.SENDING_SOCKET ? segment.socketCookie() : 0,
        segment.destination(),
        segment.destinationPort(),
        drop.cause(false));
  }

  @Override
  public void onArrivalDropped(long cgroupId, Query arrival, Cause cause) {
    // a server's side makes no lookup
  }

  @Override
  public void onRefused(Packet packet, Match match) {
    lookups.onMessage(packet, match, true);
  }

  @Override
  public void onUnsent(Timeout row, long cgroupId, long bootNs) {
    onRow(Rows.lookupOfRefused(row), cgroupId, bootNs);
  }

  @Override
  public void onUnanswered(PendingQuery query, State state, long bootNs) {
    if (query.expectsAnswer()) {
      lookups.onUnanswered(
          query, state, state == State.TIMEOUT ? query.firstBootNs + config.timeoutNs() : bootNs);
    } else {
      lookups.onEvicted(query, bootNs);
    }
  }

  @Override
  public void onEvicted(PendingQuery query, long bootNs) {
    lookups.onEvicted(query, bootNs);
  }

  private void onRow(LookupRow row, long cgroupId, long bootNs) {
    Verdict verdict = held.decideOrHold(cgroupId, row, bootNs);
    if (verdict == null) {
      return;
    }
    // In files, and once the container is evicted, the verdict has none: keep the row's own.
    sink.emitLookup(
        verdict.decision(),
        verdict.container() == null
            ? row
            : row.withSubject(row.subject().withContainer(verdict.container())));
  }

  @Override
  public void onReleased(Row row, Decision decision) {
    switch (row) {
      case LookupRow lookup -> sink.emitLookup(decision, lookup);
      case Query _, Response _, Timeout _, NameRow _ ->
          throw new IllegalArgumentException("a message's row among lookups");
    }
  }

  @Override
  public void tick(long bootNs) {
    lookups.tick(bootNs);
  }

  @Override
  public long heapBytes() {
    return lookups.heapBytes();
  }

  @Override
  public boolean evictOldest(long bootNs) {
    return lookups.evictOldest(bootNs);
  }

  @Override
  public void finish(long bootNs) {
    lookups.finish(bootNs);
  }

  @Override
  public long waiting() {
    return lookups.waiting();
  }
}

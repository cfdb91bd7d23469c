package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.event.LookupRow;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Timeout;
import dev.jig.match.Match;
import dev.jig.match.PendingQueries;
import dev.jig.match.PendingQuery;
import dev.jig.match.Rows;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;

/// One row of each message, and one of each query without a response.
final class PacketRows implements RowMaker {
  private final PipelineConfig config;
  private final Counters counters;
  private final PendingQueries pending;
  private final HeldRows held;
  private final RowSink sink;

  PacketRows(
      PipelineConfig config,
      Counters counters,
      PendingQueries pending,
      HeldRows held,
      RowSink sink) {
    this.config = config;
    this.counters = counters;
    this.pending = pending;
    this.held = held;
    this.sink = sink;
  }

  @Override
  public void onMessage(
      Packet packet, Verdict verdict, Match match, byte[] bytes, int offset, int length) {
    Row row = match.row();
    long cgroupId = packet.cgroupId();
    if (verdict.decision() == Decision.HOLD || held.isHolding(cgroupId)) {
      held.hold(cgroupId, sink.withMessage(row, bytes, offset, length), packet.bootNs());
    } else if (verdict.decision() == Decision.PASS) {
      sink.emitMessage(row, bytes, offset, length);
    } else {
      counters.countDropped(verdict.decision());
    }
  }

  @Override
  public boolean needsUnwanted() {
    return false;
  }

  @Override
  public void onUnwanted(Packet packet, Match match) {
    // a message without a row changes no other row
  }

  @Override
  public void onUnanswered(PendingQuery query, State state, long bootNs) {
    if (!query.expectsAnswer() || query.transferring) {
      return;
    }
    long afterNs = state == State.TIMEOUT ? config.timeoutNs() : bootNs - query.firstBootNs;
    Timeout row = Rows.unanswered(query.row, state, afterNs, query.receiver());
    Verdict verdict = held.decideOrHold(query.cgroupId, row, bootNs);
    if (verdict != null && verdict.decision() == Decision.PASS) {
      sink.emitUnanswered(row.withSubject(row.subject().withContainer(verdict.container())));
    }
  }

  @Override
  public void onEvicted(PendingQuery query, long bootNs) {
    // counted by PendingQueries
  }

  @Override
  public void onReleased(Row row, Decision decision) {
    switch (row) {
      case Query _, Response _ -> sink.emitMessage(decision, row);
      case Timeout _ -> {
        if (decision == Decision.PASS) {
          sink.emitUnanswered(row);
        }
      }
      case LookupRow _ -> throw new IllegalArgumentException("a lookup among rows of messages");
    }
  }

  @Override
  public void tick(long bootNs) {
    // rows of messages wait for nothing but their container's name
  }

  @Override
  public long heapBytes() {
    return 0;
  }

  @Override
  public boolean evictOldest(long bootNs) {
    return false;
  }

  @Override
  public void finish(long bootNs) {
    // as in tick
  }

  @Override
  public long waiting() {
    return pending.waiting();
  }
}

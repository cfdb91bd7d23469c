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
  private final ArrivingRows arriving;

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
    this.arriving = new ArrivingRows(row -> onReleased(row, Decision.PASS));
  }

  @Override
  public void onMessage(
      Packet packet, Verdict verdict, Match match, byte[] bytes, int offset, int length) {
    Row row = match.row();
    long cgroupId = packet.cgroupId();
    if (verdict.decision() == Decision.HOLD || held.isHolding(cgroupId)) {
      held.hold(cgroupId, sink.withMessage(row, bytes, offset, length), packet.bootNs());
    } else if (verdict.decision() != Decision.PASS) {
      counters.countDropped(verdict.decision());
    } else if (packet.isBufferFilling() && row instanceof Query arrival) {
      arriving.addArrival(arrival, sink.withMessage(row, bytes, offset, length), packet.bootNs());
    } else {
      arriving.releaseDue(packet.bootNs());
      if (arriving.isEmpty()) {
        sink.emitMessage(row, bytes, offset, length);
      } else {
        arriving.add(sink.withMessage(row, bytes, offset, length), packet.bootNs());
      }
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
  public void onConnect(Packet connect) {
    // a connection has no row
  }

  @Override
  public void onSocketClosed(long socketCookie, long bootNs) {
    // as onConnect
  }

  @Override
  public void onSocketError(long socketCookie, Cause cause, long bootNs) {
    // as onConnect
  }

  @Override
  public void onSegmentLost(Packet segment, Drop drop) {
    // as onConnect
  }

  @Override
  public void onArrivalDropped(long cgroupId, Query arrival, Cause cause) {
    if (!arriving.setCause(arrival, cause)) {
      held.setCause(cgroupId, arrival, cause);
    }
  }

  @Override
  public void onRefused(Packet packet, Match match) {
    // its T row comes next
  }

  @Override
  public void onUnanswered(PendingQuery query, State state, long bootNs) {
    if (!query.expectsAnswer() || query.transferring) {
      return;
    }
    long afterNs = state == State.TIMEOUT ? config.timeoutNs() : bootNs - query.firstBootNs;
    emit(
        Rows.unanswered(query.row, state, afterNs, query.cause(), query.receiver()),
        query.cgroupId,
        bootNs);
  }

  @Override
  public void onUnsent(Timeout row, long cgroupId, long bootNs) {
    emit(row, cgroupId, bootNs);
  }

  private void emit(Timeout row, long cgroupId, long bootNs) {
    Verdict verdict = held.decideOrHold(cgroupId, row, bootNs);
    if (verdict != null && verdict.decision() == Decision.PASS) {
      Row named = row.withSubject(row.subject().withContainer(verdict.container()));
      if (arriving.isEmpty()) {
        sink.emitUnanswered(named);
      } else {
        arriving.add(named, bootNs);
      }
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
      case LookupRow _, NameRow _ ->
          throw new IllegalArgumentException("a lookup among rows of messages");
    }
  }

  @Override
  public void tick(long bootNs) {
    arriving.releaseDue(bootNs);
  }

  @Override
  public long heapBytes() {
    return arriving.heapBytes();
  }

  @Override
  public boolean evictOldest(long bootNs) {
    return arriving.releaseOldest();
  }

  @Override
  public void finish(long bootNs) {
    arriving.releaseAll();
  }

  @Override
  public long waiting() {
    return pending.waiting();
  }
}

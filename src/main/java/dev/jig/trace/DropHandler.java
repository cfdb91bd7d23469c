package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.event.State;
import dev.jig.match.LostPackets;
import dev.jig.match.Match;
import dev.jig.match.MessageMatcher;
import dev.jig.match.PendingQueries;
import dev.jig.match.PendingQuery;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Joins packets that got lost, and errors of sockets, with the queries that they concern.
///
/// - A query or its response is dropped: the query gets the cause, which its T row shows.
/// - Netfilter drops a query on its way out: no packet leaves, so the query has had no row yet. It
///   gets a T row of its own, at once.
/// - The client's socket gets an error: the client no longer waits, so the T row comes at once.
/// - A response finds no socket: the client has closed it. The response is late.
final class DropHandler {
  /// Takes the queries that no longer wait.
  interface UnansweredHandler {
    void onUnanswered(PendingQuery query, State state, long bootNs);
  }

  private final PipelineConfig config;
  private final Scope scope;
  private final Counters counters;
  private final MessageReader reader;
  private final DnsMessage message;
  private final PendingQueries pending;
  private final LostPackets lostPackets;
  private final MessageMatcher matcher;
  private final RowMaker maker;
  private final @Nullable Predicate<String> nameFilter;
  private final UnansweredHandler unanswered;

  /// @param message what `reader` reads into
  /// @param nameFilter null where every name may be wanted
  DropHandler(
      PipelineConfig config,
      Scope scope,
      Counters counters,
      MessageReader reader,
      DnsMessage message,
      PendingQueries pending,
      MessageMatcher matcher,
      RowMaker maker,
      @Nullable Predicate<String> nameFilter,
      UnansweredHandler unanswered) {
    this.config = config;
    this.scope = scope;
    this.counters = counters;
    this.reader = reader;
    this.message = message;
    this.pending = pending;
    this.lostPackets = new LostPackets(pending);
    this.matcher = matcher;
    this.maker = maker;
    this.nameFilter = nameFilter;
    this.unanswered = unanswered;
  }

  void onDrop(Packet packet, Drop drop) {
    if (drop.mayBeOfCopy()) {
      return;
    }
    if (drop.hook() == Drop.Hook.SOCKET_ERROR) {
      onSocketError(packet, drop);
    } else if (packet.protocol() == Protocol.TCP) {
      lostPackets.onSegment(packet, drop);
      maker.onSegmentLost(packet, drop);
    } else if (reader.read(
        packet, packet.payload(), packet.payloadOffset(), packet.payloadLength())) {
      onDatagram(packet, drop);
    }
  }

  private void onSocketError(Packet packet, Drop drop) {
    long bootNs = packet.bootNs();
    maker.onSocketError(packet.socketCookie(), drop.cause(false), bootNs);
    if (lostPackets.onSocketError(packet.socketCookie(), drop)) {
      pending.closeFlow(
          packet.socketCookie(), query -> unanswered.onUnanswered(query, State.CLOSED, bootNs));
    }
  }

  private void onDatagram(Packet packet, Drop drop) {
    if (drop.where() == Drop.Where.RECEIVING_SOCKET && !message.isResponse()) {
      onArrivalDropped(packet, drop);
    }
    PendingQuery query = lostPackets.find(packet, drop, message);
    if (query == null) {
      if (!message.isResponse() && isRefused(drop)) {
        onRefused(packet, drop);
      }
    } else if (message.isResponse() && drop.isWithoutSocket(query.isReported())) {
      onLateResponse(packet, query);
    } else {
      query.setCause(drop.hook(), drop.cause(message.isResponse()));
    }
  }

  private void onArrivalDropped(Packet packet, Drop drop) {
    PendingQuery arrived = lostPackets.findArrived(packet, message);
    if (arrived != null) {
      pending.discard(arrived);
      maker.onArrivalDropped(arrived.cgroupId, arrived.row, drop.cause(false));
    }
  }

  /// Whether netfilter dropped the packet on its way out.
  private static boolean isRefused(Drop drop) {
    return drop.where() == Drop.Where.SENDING_SOCKET && drop.mayBeByNetfilter();
  }

  private void onRefused(Packet packet, Drop drop) {
    Verdict verdict = scope.decide(packet.cgroupId(), packet.owner());
    boolean wanted = verdict.decision() != Decision.SKIP;
    boolean mayPass =
        nameFilter == null || !message.hasQuestion() || nameFilter.test(message.questionName());
    if (!wanted || !mayPass) {
      return;
    }
    Owner owner = packet.owner() == null ? null : config.owners().apply(packet.owner());
    Match match =
        matcher.match(
            packet,
            message,
            verdict.container(),
            owner,
            /* sender= */ null,
            packet.payload(),
            packet.payloadOffset(),
            packet.payloadLength());
    PendingQuery query = match.query();
    if (query != null) {
      query.setCause(drop.hook(), drop.cause(false));
      maker.onRefused(packet, match);
      pending.close(
          query, closed -> unanswered.onUnanswered(closed, State.CLOSED, packet.bootNs()));
    }
  }

  /// The client closed its socket before the response came.
  private void onLateResponse(Packet packet, PendingQuery query) {
    pending.close(query, closed -> unanswered.onUnanswered(closed, State.CLOSED, packet.bootNs()));
    counters.messages++;
    counters.withoutSocket++;
    Verdict verdict = decide(query);
    if (verdict.decision() == Decision.SKIP) {
      counters.filtered++;
      return;
    }
    byte[] bytes = packet.payload();
    int offset = packet.payloadOffset();
    int length = packet.payloadLength();
    packet.setClientCgroup(query.cgroupId); // it waits behind the query's rows
    Match match = matcher.matchWithoutSocket(packet, message, verdict.container(), query);
    maker.onMessage(packet, verdict, match, bytes, offset, length);
  }

  /// A container that was named when its query came may have ended and been evicted since.
  private Verdict decide(PendingQuery query) {
    Container known = query.row.subject().container();
    Verdict verdict = scope.decide(query.cgroupId, query.row.subject().owner());
    return verdict.decision() != Decision.HOLD && known != null && known.name() != null
        ? new Verdict(Decision.PASS, known)
        : verdict;
  }
}

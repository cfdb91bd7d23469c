package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.event.AttemptState;
import dev.jig.event.Row;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.match.OpenLookup.Phase;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import org.jspecify.annotations.Nullable;

/// Joins the attempts of one client to resolve one question into a lookup, and emits one row per
/// lookup once the last attempt has ended. Messages on a server's socket make no lookup.
///
/// ```
///                      answer, timeout
///   WAITING ──────────────────────────────────► COMPLETE ──────► EMITTED
///    │   ▲                                          ▲   twin complete, or none
///    │   └── next attempt ──┐                       │   within TWIN_WINDOW_NS
///    └─────────────────► RETRY_WINDOW ──────────────┘
///      socket closed,           no attempt for
///      TC, server failure       RETRY_WINDOW_NS
/// ```
///
/// Twins are the A and the AAAA query of one getaddrinfo(3): their rows are emitted together. A
/// response after the row makes another row, with state LATE. One thread.
public final class Lookups {
  /// How long after a closed socket, a truncated answer or a server failure the next query of the
  /// same process for the same question is an attempt of the same lookup. Resolvers send it at
  /// once.
  static final long RETRY_WINDOW_NS = 500_000_000;

  /// The longest time between the A and the AAAA query of one getaddrinfo(3).
  static final long TWIN_WINDOW_NS = 100_000_000;

  /// Bound of each of the three queues below; beyond it the oldest lookup advances at once.
  static final int MAX_QUEUED = 16_384;

  private static final int MDNS_PORT = 5353;

  /// How many lookups of one key are tried for a new query, newest first.
  private static final int MAX_CHAIN = 16;

  /// Takes the rows.
  public interface RowHandler {
    /// A lookup's row is complete.
    ///
    /// @param bootNs when, on the packets' clock
    void onRow(Row row, long cgroupId, long bootNs);
  }

  /// The newest lookup of each key that has no row yet; [OpenLookup#olderOfKey] chains the others.
  private final Map<LookupKey, OpenLookup> openByKey = new HashMap<>();

  private final SequencedCollection<OpenLookup> inRetryWindow = new LinkedHashSet<>();

  /// COMPLETE, and the twin's query may still come.
  private final SequencedCollection<OpenLookup> awaitingTwinQuery = new LinkedHashSet<>();

  /// COMPLETE, and the twin is not.
  private final SequencedCollection<OpenLookup> awaitingTwinResult = new LinkedHashSet<>();

  private final RowHandler rowHandler;
  private final @Nullable UpstreamTracker upstreams;
  private long waiting;

  /// @param upstreams null where rows show no upstream
  public Lookups(@Nullable UpstreamTracker upstreams, RowHandler rowHandler) {
    this.upstreams = upstreams;
    this.rowHandler = rowHandler;
  }

  /// Wanted lookups in phase WAITING.
  public long waiting() {
    return waiting;
  }

  /// Takes a message after matching. A response without a query makes an orphan row, except over
  /// multicast DNS, where unsolicited responses are announcements (RFC 6762 section 8.3).
  ///
  /// @param query the query itself, or the one that the response answers; null if it was not seen
  /// @param wanted false if the message is only needed as an upstream of other lookups
  public void onMessage(
      Packet packet, Row event, @Nullable PendingQuery query, boolean wanted) {
    Role role = query == null ? QueryKey.of(packet, event.id(), true).role() : query.key.role();
    if (role == Role.SERVER) {
      if (upstreams != null && event.qr() == Qr.R) {
        upstreams.onResponseSent(event);
      }
    } else if (query != null && event.qr() == Qr.Q) {
      onQuery(query, event, wanted, packet.bootNs());
    } else if (query != null) {
      onResponse(query, event, query.transferring, packet.cgroupId(), packet.bootNs());
    } else if (wanted && !isMulticastDns(event)) {
      rowHandler.onRow(Rows.orphan(event), packet.cgroupId(), packet.bootNs());
    }
  }

  private static boolean isMulticastDns(Row response) {
    return response.destination().address().isMulticast() || response.source().port() == MDNS_PORT;
  }

  /// @param query the pending query; for a retransmission the first one
  /// @param event the row of this transmission
  private void onQuery(PendingQuery query, Row event, boolean wanted, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      LookupKey key = LookupKey.of(event, query.cgroupId);
      lookup = findRetried(key, query);
      if (lookup == null) {
        lookup = open(key, wanted, query.cgroupId, event, bootNs);
      }
      query.lookup = lookup;
    }
    lookup.addAttempt(query, event, bootNs);
    if (lookup.phase == Phase.RETRY_WINDOW) {
      inRetryWindow.remove(lookup);
      lookup.phase = Phase.WAITING;
      lookup.state = State.TIMEOUT; // the answer of the attempt before no longer counts
      adjustWaiting(lookup, 1);
    }
  }

  private @Nullable OpenLookup findRetried(LookupKey key, PendingQuery query) {
    OpenLookup candidate = openByKey.get(key);
    for (int i = 0; candidate != null && i < MAX_CHAIN; i++) {
      if (candidate.isRetriedBy(query)) {
        return candidate;
      }
      candidate = candidate.olderOfKey;
    }
    return null;
  }

  private OpenLookup open(
      LookupKey key, boolean wanted, long cgroupId, Row event, long bootNs) {
    OpenLookup opened = new OpenLookup(key, wanted, cgroupId, event, bootNs);
    link(opened);
    adjustWaiting(opened, 1);
    OpenLookup twin = findTwin(opened);
    if (twin != null) {
      opened.twin = twin;
      opened.isSecondTwin = true;
      twin.twin = opened;
      if (awaitingTwinQuery.remove(twin)) {
        awaitingTwinResult.add(twin);
      }
    }
    return opened;
  }

  private @Nullable OpenLookup findTwin(OpenLookup opened) {
    LookupKey key = opened.key.twinKey();
    OpenLookup twin = key == null ? null : openByKey.get(key);
    for (int i = 0; twin != null && i < MAX_CHAIN; i++) {
      if (twin.twin == null && opened.firstBootNs - twin.firstBootNs <= TWIN_WINDOW_NS) {
        return twin;
      }
      twin = twin.olderOfKey;
    }
    return null;
  }

  /// @param more whether further messages of the same answer follow (zone transfers)
  private void onResponse(
      PendingQuery query, Row response, boolean more, long cgroupId, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      rowHandler.onRow(Rows.orphan(response), cgroupId, bootNs);
      return;
    }
    if (lookup.phase == Phase.EMITTED && lookup.isAnswered()) {
      return; // another nameserver answered first
    }
    lookup.addResponse(query, response, more, bootNs);
    if (more || lookup.phase == Phase.COMPLETE && lookup.isAnswered()) {
      return;
    }
    if (upstreams != null) {
      lookup.upstream = upstreams.findUpstream(lookup, query, response, bootNs);
      upstreams.onResponseReceived(lookup, query, bootNs);
    }
    lookup.state = query.reported ? State.LATE : State.ANSWERED;
    switch (lookup.phase) {
      case WAITING, RETRY_WINDOW -> completeUnlessRetryExpected(lookup, bootNs);
      case COMPLETE -> {
        // the row is emitted with its twin's
      }
      case EMITTED -> emit(lookup, bootNs);
    }
  }

  /// A query timed out, or its socket was closed.
  public void onUnanswered(PendingQuery query, State state, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      return;
    }
    lookup.endAttempt(
        query, state == State.CLOSED ? AttemptState.CLOSED : AttemptState.TIMEOUT, bootNs);
    if (lookup.phase != Phase.WAITING || lookup.isWaiting()) {
      return;
    }
    if (lookup.isAnswered()) {
      complete(lookup, bootNs); // with the failure of the last server that answered
      return;
    }
    lookup.state = state;
    if (state == State.CLOSED) {
      enterRetryWindow(lookup, bootNs);
    } else {
      complete(lookup, bootNs);
    }
  }

  /// A query was evicted before it was answered or timed out. Its end is unknown: if it was the
  /// last attempt that waited, the lookup is dropped without a row. A zone transfer has timed out.
  public void onEvicted(PendingQuery query, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      return;
    }
    if (query.transferring) {
      onUnanswered(query, State.TIMEOUT, bootNs);
      return;
    }
    lookup.endAttempt(query, AttemptState.TIMEOUT, bootNs);
    if (lookup.phase == Phase.WAITING && !lookup.isWaiting()) {
      adjustWaiting(lookup, -1);
      unlink(lookup);
      lookup.phase = Phase.EMITTED;
      detachTwin(lookup, bootNs);
    }
  }

  /// A dropped lookup is no twin: the other one's row need not wait for it.
  private void detachTwin(OpenLookup dropped, long bootNs) {
    OpenLookup twin = dropped.twin;
    dropped.twin = null;
    if (twin != null) {
      twin.twin = null;
      if (awaitingTwinResult.remove(twin)) {
        emit(twin, bootNs);
      }
    }
  }

  /// Completes an answered lookup, unless the client is likely to send another attempt.
  private void completeUnlessRetryExpected(OpenLookup lookup, long bootNs) {
    if (!lookup.isTruncated() && !lookup.isFailed()) {
      complete(lookup, bootNs);
    } else if (lookup.phase == Phase.WAITING && (lookup.isTruncated() || !lookup.isWaiting())) {
      enterRetryWindow(lookup, bootNs);
    }
  }

  private void enterRetryWindow(OpenLookup lookup, long bootNs) {
    adjustWaiting(lookup, -1);
    lookup.phase = Phase.RETRY_WINDOW;
    lookup.dueNs = bootNs + RETRY_WINDOW_NS;
    enqueue(inRetryWindow, lookup, bootNs);
  }

  private void complete(OpenLookup lookup, long bootNs) {
    if (lookup.phase == Phase.WAITING) {
      adjustWaiting(lookup, -1);
    } else {
      inRetryWindow.remove(lookup);
    }
    lookup.phase = Phase.COMPLETE;
    OpenLookup twin = lookup.twin;
    lookup.dueNs = lookup.firstBootNs + TWIN_WINDOW_NS;
    if (twin == null) {
      if (lookup.key.twinKey() != null && bootNs < lookup.dueNs) {
        enqueue(awaitingTwinQuery, lookup, bootNs);
      } else {
        emit(lookup, bootNs);
      }
    } else if (twin.phase == Phase.COMPLETE) {
      emit(lookup.isSecondTwin ? twin : lookup, bootNs);
      emit(lookup.isSecondTwin ? lookup : twin, bootNs);
    } else if (twin.phase == Phase.EMITTED) {
      emit(lookup, bootNs);
    } else {
      enqueue(awaitingTwinResult, lookup, bootNs);
    }
  }

  private void enqueue(SequencedCollection<OpenLookup> queue, OpenLookup lookup, long bootNs) {
    queue.addLast(lookup);
    if (queue.size() > MAX_QUEUED) {
      advance(queue.getFirst(), bootNs);
    }
  }

  private void advance(OpenLookup lookup, long bootNs) {
    if (lookup.phase == Phase.RETRY_WINDOW) {
      complete(lookup, bootNs);
    } else {
      emit(lookup, bootNs);
    }
  }

  /// Emits the row and drops the lookup from the index; only its pending queries still refer to it.
  private void emit(OpenLookup lookup, long bootNs) {
    awaitingTwinQuery.remove(lookup);
    awaitingTwinResult.remove(lookup);
    if (lookup.phase != Phase.EMITTED) {
      unlink(lookup);
    }
    if (lookup.wanted) {
      rowHandler.onRow(lookup.toRow(), lookup.cgroupId, bootNs);
    }
    lookup.phase = Phase.EMITTED;
  }

  private void adjustWaiting(OpenLookup lookup, int change) {
    waiting += lookup.wanted ? change : 0;
  }

  /// Ends the waits for a next attempt and for a twin that are over at this time.
  public void tick(long bootNs) {
    while (!inRetryWindow.isEmpty() && inRetryWindow.getFirst().dueNs <= bootNs) {
      complete(inRetryWindow.getFirst(), bootNs);
    }
    while (!awaitingTwinQuery.isEmpty() && awaitingTwinQuery.getFirst().dueNs <= bootNs) {
      emit(awaitingTwinQuery.getFirst(), bootNs);
    }
  }

  /// Emits all lookups but those in phase WAITING, which [#waiting] counts.
  public void finish(long bootNs) {
    List.copyOf(inRetryWindow).forEach(lookup -> complete(lookup, bootNs));
    List.copyOf(awaitingTwinQuery).forEach(lookup -> emit(lookup, bootNs));
    List.copyOf(awaitingTwinResult).forEach(lookup -> emit(lookup, bootNs));
  }

  private void link(OpenLookup opened) {
    OpenLookup older = openByKey.put(opened.key, opened);
    opened.olderOfKey = older;
    if (older != null) {
      older.newerOfKey = opened;
    }
  }

  private void unlink(OpenLookup gone) {
    OpenLookup newer = gone.newerOfKey;
    OpenLookup older = gone.olderOfKey;
    if (older != null) {
      older.newerOfKey = newer;
    }
    if (newer != null) {
      newer.olderOfKey = older;
    } else if (older != null) {
      openByKey.put(gone.key, older);
    } else {
      openByKey.remove(gone.key);
    }
    gone.newerOfKey = null;
    gone.olderOfKey = null;
  }
}

package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.event.Attempt.Outcome;
import dev.jig.event.DnsEvent;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.match.OpenLookup.Phase;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import org.jspecify.annotations.Nullable;

/// Whole lookups in place of packets: the tries to have one question answered become one row when
/// the last of them is over. Only of who asks; what a server here is asked is its asker's lookup.
///
/// ```
///                   answered, timeout
///   ASKED ────────────────────────────────────────► OVER ────► TOLD
///    │  ▲                                            ▲  its twin is over too
///    │  └ asked again ┐                              │
///    └──────────────► BETWEEN ───────────────────────┘
///     closed, truncated,     nothing for BETWEEN_NS
///     server failure
/// ```
///
/// The twins are the A and the AAAA of one getaddrinfo: their rows stand together. What is answered
/// after its row was told makes another row, state late.
public final class Lookups {
  /// How long after a socket was closed, or an answer was no help, another query of the same
  /// process for the same belongs to the lookup. Resolvers send it at once.
  static final long RETRY_WINDOW_NS = 500_000_000;

  /// How far apart an A and an AAAA of one getaddrinfo are asked at most.
  static final long TWIN_WINDOW_NS = 100_000_000;

  /// Lookups kept of each kind that waits for no answer of its own; the oldest is told as it is.
  static final int MAX_LINGERING = 16_384;

  private static final int MDNS_PORT = 5353;

  /// Of those under one key that are looked at for where a query belongs.
  private static final int MAX_CHAIN = 16;

  /// Takes the rows.
  public interface RowHandler {
    void onRow(DnsEvent row, long cgroupId, long bootNs);
  }

  /// Those that are not told yet, the newest of each key.
  private final Map<LookupKey, OpenLookup> openByKey = new HashMap<>();

  private final SequencedCollection<OpenLookup> inRetryWindow = new LinkedHashSet<>();

  /// Over, and a twin may still be asked.
  private final SequencedCollection<OpenLookup> awaitingTwinQuery = new LinkedHashSet<>();

  /// Over, and its twin is not.
  private final SequencedCollection<OpenLookup> awaitingTwinResult = new LinkedHashSet<>();

  private final RowHandler rowHandler;
  private final @Nullable UpstreamTracker upstreams;
  private long waiting;

  /// @param upstreams where the output tells of what happens behind an answer
  public Lookups(@Nullable UpstreamTracker hops, RowHandler sink) {
    this.upstreams = hops;
    this.rowHandler = sink;
  }

  /// Lookups of which a query still waits for its answer.
  public long waiting() {
    return waiting;
  }

  /// Lookups that wait for something else.
  int lingering() {
    return inRetryWindow.size() + awaitingTwinQuery.size() + awaitingTwinResult.size();
  }

  /// A message has come. Only the side that asks makes lookups, and what is announced to a group
  /// answers nobody.
  ///
  /// @param query the message itself, or what it answers; null if that was not seen
  /// @param wanted whether a row is; else it may only be what happened behind others
  public void onMessage(Packet packet, DnsEvent event, @Nullable PendingQuery query, boolean wanted) {
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

  /// Multicast DNS, RFC 6762.
  private static boolean isMulticastDns(DnsEvent response) {
    return response.destination().address().isMulticast() || response.source().port() == MDNS_PORT;
  }

  /// A query was sent.
  ///
  /// @param query the one that waits; for a repetition the first of its kind
  /// @param event this time's
  /// @param wanted whether a row is
  private void onQuery(PendingQuery query, DnsEvent event, boolean wanted, long bootNs) {
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
      lookup.state = State.TIMEOUT; // what was answered before did not do
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
      LookupKey key, boolean wanted, long cgroupId, DnsEvent event, long bootNs) {
    OpenLookup begun = new OpenLookup(key, wanted, cgroupId, event, bootNs);
    link(begun);
    adjustWaiting(begun, 1);
    OpenLookup twin = findTwin(begun);
    if (twin != null) {
      begun.twin = twin;
      begun.isSecondTwin = true;
      twin.twin = begun;
      if (awaitingTwinQuery.remove(twin)) {
        awaitingTwinResult.add(twin);
      }
    }
    return begun;
  }

  private @Nullable OpenLookup findTwin(OpenLookup begun) {
    LookupKey key = begun.key.twinKey();
    OpenLookup twin = key == null ? null : openByKey.get(key);
    for (int i = 0; twin != null && i < MAX_CHAIN; i++) {
      if (twin.twin == null && begun.firstBootNs - twin.firstBootNs <= TWIN_WINDOW_NS) {
        return twin;
      }
      twin = twin.olderOfKey;
    }
    return null;
  }

  /// An answer came.
  ///
  /// @param more whether other messages of the same answer follow
  private void onResponse(
      PendingQuery query, DnsEvent response, boolean more, long cgroupId, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      rowHandler.onRow(Rows.orphan(response), cgroupId, bootNs);
      return;
    }
    if (lookup.phase == Phase.EMITTED && lookup.isAnswered()) {
      return; // another nameserver was faster
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
        // its row is still to come
      }
      case EMITTED -> emit(lookup, bootNs);
    }
  }

  /// A query was given up.
  public void onUnanswered(PendingQuery query, State state, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      return;
    }
    lookup.endAttempt(query, state == State.CLOSED ? Outcome.CLOSED : Outcome.TIMEOUT, bootNs);
    if (lookup.phase != Phase.WAITING || lookup.isWaiting()) {
      return;
    }
    if (lookup.isAnswered()) {
      complete(lookup, bootNs); // by a server that could not help, and no other one does
      return;
    }
    lookup.state = state;
    if (state == State.CLOSED) {
      enterRetryWindow(lookup, bootNs);
    } else {
      complete(lookup, bootNs);
    }
  }

  /// Nothing more will be heard of a query, which was neither answered nor given up: there is no
  /// row for what nobody knows.
  public void onEvicted(PendingQuery query, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      return;
    }
    if (query.transferring) {
      onUnanswered(query, State.TIMEOUT, bootNs);
      return;
    }
    lookup.endAttempt(query, Outcome.TIMEOUT, bootNs);
    if (lookup.phase == Phase.WAITING && !lookup.isWaiting()) {
      adjustWaiting(lookup, -1);
      unlink(lookup);
      lookup.phase = Phase.EMITTED;
      detachTwin(lookup, bootNs);
    }
  }

  /// The twin of a lookup without row is none.
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

  /// An answer has come: the lookup is over, unless the asker will hardly be content with it.
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

  private void enqueue(SequencedCollection<OpenLookup> lingering, OpenLookup lookup, long bootNs) {
    lingering.addLast(lookup);
    if (lingering.size() > MAX_LINGERING) {
      advance(lingering.getFirst(), bootNs);
    }
  }

  private void advance(OpenLookup lookup, long bootNs) {
    if (lookup.phase == Phase.RETRY_WINDOW) {
      complete(lookup, bootNs);
    } else {
      emit(lookup, bootNs);
    }
  }

  /// Once it has been told it is known only to its queries.
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

  /// Tells what waited long enough for something that may not come.
  public void tick(long bootNs) {
    while (!inRetryWindow.isEmpty() && inRetryWindow.getFirst().dueNs <= bootNs) {
      complete(inRetryWindow.getFirst(), bootNs);
    }
    while (!awaitingTwinQuery.isEmpty() && awaitingTwinQuery.getFirst().dueNs <= bootNs) {
      emit(awaitingTwinQuery.getFirst(), bootNs);
    }
  }

  /// The end: what is over is told; what waits is only counted.
  public void finish(long bootNs) {
    List.copyOf(inRetryWindow).forEach(lookup -> complete(lookup, bootNs));
    List.copyOf(awaitingTwinQuery).forEach(lookup -> emit(lookup, bootNs));
    List.copyOf(awaitingTwinResult).forEach(lookup -> emit(lookup, bootNs));
  }

  private void link(OpenLookup begun) {
    OpenLookup older = openByKey.put(begun.key, begun);
    begun.olderOfKey = older;
    if (older != null) {
      older.newerOfKey = begun;
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

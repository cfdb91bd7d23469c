package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.event.AttemptState;
import dev.jig.event.Cause;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Owner;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.State;
import dev.jig.event.Timeout;
import dev.jig.match.OpenConnections.Connection;
import dev.jig.match.OpenLookup.Phase;
import dev.jig.table.LongTable;
import java.util.List;
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

  /// Approximate heap size of a lookup that has ended, with its rows.
  private static final int ENDED_BYTES = 900;

  private static final int MDNS_PORT = 5353;

  /// How many lookups of one key are tried for a new query, newest first.
  private static final int MAX_CHAIN = 16;

  /// How many lookups in the retry window are compared with a connection.
  private static final int MAX_TRUNCATED = 256;

  /// Takes the rows.
  public interface RowHandler {
    /// A lookup's row is complete.
    ///
    /// @param bootNs when, on the packets' clock
    void onRow(LookupRow row, long cgroupId, long bootNs);
  }

  /// By hash of the key the newest lookup that has no row yet; [OpenLookup#olderOfHash] chains the
  /// others.
  private final LongTable<OpenLookup> newestByHash = new LongTable<>();

  private final LookupQueue inRetryWindow = new LookupQueue();

  /// COMPLETE, and the twin's query may still come.
  private final LookupQueue awaitingTwinQuery = new LookupQueue();

  /// COMPLETE, and the twin is not.
  private final LookupQueue awaitingTwinResult = new LookupQueue();

  private final OpenConnections connections = new OpenConnections();
  private final long timeoutNs;
  private final RowHandler rowHandler;
  private final @Nullable UpstreamTracker upstreams;
  private long waiting;

  /// Heap size of the answers of lookups without a row.
  private long answerBytes;

  /// @param timeoutNs how long a connection may stay without a query
  /// @param upstreams null where rows show no upstream
  public Lookups(long timeoutNs, @Nullable UpstreamTracker upstreams, RowHandler rowHandler) {
    this.timeoutNs = timeoutNs;
    this.upstreams = upstreams;
    this.rowHandler = rowHandler;
  }

  /// Wanted lookups in phase WAITING.
  public long waiting() {
    return waiting;
  }

  /// Approximate heap size of the lookups that have ended, and of all answers.
  public long heapBytes() {
    return (long) queued() * ENDED_BYTES + answerBytes;
  }

  private int queued() {
    return inRetryWindow.size() + awaitingTwinQuery.size() + awaitingTwinResult.size();
  }

  /// Advances the oldest lookup of the longest queue; returns whether there was one.
  public boolean evictOldest(long bootNs) {
    LookupQueue longest = inRetryWindow;
    for (LookupQueue queue : List.of(awaitingTwinQuery, awaitingTwinResult)) {
      longest = queue.size() > longest.size() ? queue : longest;
    }
    OpenLookup oldest = longest.first;
    if (oldest == null) {
      return false;
    }
    advance(oldest, bootNs);
    return true;
  }

  /// Takes a message after matching. A response without a query makes a row of its own, except over
  /// multicast DNS, where unsolicited responses are announcements (RFC 6762 section 8.3).
  ///
  /// @param wanted false if the message is only needed as an upstream of other lookups
  public void onMessage(Packet packet, Match match, boolean wanted) {
    PendingQuery query = match.query();
    switch (match.row()) {
      case Query row -> {
        if (query != null && query.key.role() != Role.SERVER) {
          onQuery(query, row, wanted, packet.bootNs());
        }
      }
      case Response row -> onResponse(packet, row, query, wanted);
      case Timeout _, LookupRow _, NameRow _ ->
          throw new IllegalArgumentException("not a message's row");
    }
  }

  private void onResponse(
      Packet packet, Response response, @Nullable PendingQuery query, boolean wanted) {
    Role role =
        query == null ? QueryKey.of(packet, response.dns().id(), true).role() : query.key.role();
    if (role == Role.SERVER) {
      if (upstreams != null) {
        upstreams.onResponseSent(response);
      }
    } else if (query != null) {
      onResponse(query, response, query.transferring, packet.cgroupId(), packet.bootNs());
    } else if (wanted && !isMulticastDns(response)) {
      rowHandler.onRow(Rows.unexpected(response), packet.cgroupId(), packet.bootNs());
    }
  }

  private static boolean isMulticastDns(Response response) {
    return response.flow().destination().address().isMulticast()
        || response.flow().source().port() == MDNS_PORT;
  }

  /// @param query the pending query; for a retransmission the first one
  /// @param row of this transmission
  private void onQuery(PendingQuery query, Query row, boolean wanted, long bootNs) {
    Connection connected = connections.remove(query.key.flow());
    if (connected != null) {
      onConnected(connected, query, row, bootNs);
    }
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      LookupKey key = LookupKey.of(row, query.cgroupId);
      lookup = findRetried(key, query);
      if (lookup == null) {
        lookup = open(key, wanted, query.cgroupId, row, bootNs);
      }
      query.lookup = lookup;
    }
    lookup.addAttempt(query, row, bootNs);
    leaveRetryWindow(lookup);
  }

  private void leaveRetryWindow(OpenLookup lookup) {
    if (lookup.phase == Phase.RETRY_WINDOW) {
      inRetryWindow.remove(lookup);
      lookup.phase = Phase.WAITING;
      lookup.state = State.TIMEOUT; // the answer of the attempt before no longer counts
      adjustWaiting(lookup, 1);
    }
  }

  /// A client connects to a server by TCP. After a truncated answer that is the lookup's next
  /// attempt: if nothing comes of it, the client has got no answer.
  public void onConnect(Packet connect) {
    Owner owner = connect.owner();
    OpenLookup lookup = owner == null ? null : findTruncated(connect, LookupKey.processHash(owner));
    if (lookup == null) {
      return;
    }
    Connection opened =
        new Connection(
            lookup, lookup.addConnection(connect), connect.nameserver(), connect.nameserverPort());
    leaveRetryWindow(lookup);
    Connection evicted = connections.add(connect.socketCookie(), opened);
    if (evicted != null) {
      end(evicted, State.TIMEOUT, connect.bootNs());
    }
  }

  /// Of several lookups the one with the first truncated answer.
  private @Nullable OpenLookup findTruncated(Packet connect, long processHash) {
    OpenLookup candidate = inRetryWindow.first;
    for (int i = 0; candidate != null && i < MAX_TRUNCATED; i++) {
      if (candidate.isTruncatedFor(connect, processHash)) {
        return candidate;
      }
      candidate = candidate.nextInQueue;
    }
    return null;
  }

  /// A connection carries its first query, which takes its place. It may be another lookup's than
  /// was assumed: of several at once, connections may be opened in any order.
  private void onConnected(Connection connected, PendingQuery query, Query row, long bootNs) {
    OpenLookup lookup = connected.lookup();
    LookupKey asked = LookupKey.of(row, query.cgroupId);
    OpenLookup owner = lookup.key.isSameAs(asked) ? lookup : connections.exchange(asked, connected);
    if (owner == lookup || owner == null) {
      lookup.removeConnection(connected.attempt());
    }
    if (owner != null && owner.phase == Phase.WAITING) {
      query.lookup = owner;
    } else if (lookup.phase == Phase.WAITING && !lookup.isWaiting()) {
      returnToRetryWindow(lookup, bootNs);
    }
  }

  /// The client has opened no connection for it yet.
  private void returnToRetryWindow(OpenLookup lookup, long bootNs) {
    adjustWaiting(lookup, -1);
    lookup.state = State.ANSWERED; // by the truncated answer
    lookup.phase = Phase.RETRY_WINDOW;
    enqueue(inRetryWindow, lookup, bootNs);
  }

  /// A client's socket was closed.
  public void onSocketClosed(long cookie, long bootNs) {
    Connection closed = connections.remove(cookie);
    if (closed != null) {
      end(closed, State.CLOSED, bootNs);
    }
  }

  /// A client's socket has got an error.
  public void onSocketError(long cookie, Cause cause, long bootNs) {
    Connection refused = connections.remove(cookie);
    if (refused != null) {
      if (refused.attempt().ownCause == null) {
        refused.attempt().ownCause = cause;
      }
      end(refused, State.CLOSED, bootNs);
    }
  }

  /// A segment of a connection that a client opens got lost.
  ///
  /// @param socketCookie of the client's socket; 0 if the segment was lost elsewhere
  public void onSegmentLost(long socketCookie, IpAddress server, int port, Cause cause) {
    Connection concerned =
        socketCookie == 0 ? connections.onlyOneTo(server, port) : connections.get(socketCookie);
    if (concerned != null) {
      concerned.attempt().ownCause = cause;
    }
  }

  private void end(Connection ended, State state, long bootNs) {
    OpenLookup lookup = ended.lookup();
    ended.attempt().end(state == State.CLOSED ? AttemptState.CLOSED : AttemptState.TIMEOUT, bootNs);
    if (lookup.phase == Phase.WAITING && !lookup.isWaiting()) {
      endUnanswered(lookup, state, bootNs);
    }
  }

  private @Nullable OpenLookup findRetried(LookupKey key, PendingQuery query) {
    OpenLookup candidate = newestByHash.get(key.hash());
    for (int i = 0; candidate != null && i < MAX_CHAIN; i++) {
      if (candidate.key.isSameAs(key) && candidate.isRetriedBy(query)) {
        return candidate;
      }
      candidate = candidate.olderOfHash;
    }
    return null;
  }

  private OpenLookup open(LookupKey key, boolean wanted, long cgroupId, Query row, long bootNs) {
    OpenLookup opened = new OpenLookup(key, wanted, cgroupId, row, bootNs);
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
    if (!opened.key.canHaveTwin()) {
      return null;
    }
    OpenLookup twin = newestByHash.get(opened.key.twinHash());
    for (int i = 0; twin != null && i < MAX_CHAIN; i++) {
      if (twin.twin == null
          && opened.firstBootNs - twin.firstBootNs <= TWIN_WINDOW_NS
          && twin.key.isTwinOf(opened.key)) {
        return twin;
      }
      twin = twin.olderOfHash;
    }
    return null;
  }

  /// @param more whether further messages of the same answer follow (zone transfers)
  private void onResponse(
      PendingQuery query, Response response, boolean more, long cgroupId, long bootNs) {
    OpenLookup lookup = query.lookup;
    if (lookup == null) {
      rowHandler.onRow(Rows.unexpected(response), cgroupId, bootNs);
      return;
    }
    if (lookup.phase == Phase.EMITTED && lookup.isAnswered()) {
      return; // another nameserver answered first
    }
    if (lookup.phase == Phase.WAITING && !more && lookup.isAbandoned(query)) {
      lookup.endAbandoned(query, response, bootNs);
      return; // the answer to the later attempt counts
    }
    if (lookup.phase == Phase.RETRY_WINDOW && lookup.state == State.CLOSED) {
      complete(lookup, bootNs); // the client has closed its socket and cannot get this
    }
    if (lookup.phase == Phase.COMPLETE && lookup.state == State.CLOSED) {
      emit(lookup, bootNs);
    }
    int before = lookup.answerBytes();
    lookup.addResponse(query, response, more, bootNs);
    answerBytes += lookup.answerBytes() - before;
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
    if (lookup.phase == Phase.EMITTED) {
      dropAnswer(lookup); // of an incomplete zone transfer
    }
    if (lookup.phase != Phase.WAITING || lookup.isWaiting()) {
      return;
    }
    endUnanswered(lookup, state, bootNs);
  }

  /// The last attempt that waited has ended.
  private void endUnanswered(OpenLookup lookup, State state, long bootNs) {
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
      dropAnswer(lookup);
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
    lookup.endedNs = bootNs;
    lookup.dueNs = bootNs + RETRY_WINDOW_NS;
    enqueue(inRetryWindow, lookup, bootNs);
  }

  private void complete(OpenLookup lookup, long bootNs) {
    if (lookup.phase == Phase.WAITING) {
      adjustWaiting(lookup, -1);
      lookup.endedNs = bootNs;
    } else {
      inRetryWindow.remove(lookup); // it ended when the window began
    }
    if (lookup.isAnswered()) {
      lookup.endedNs = lookup.answeredNs();
    }
    lookup.phase = Phase.COMPLETE;
    OpenLookup twin = lookup.twin;
    lookup.dueNs = lookup.firstBootNs + TWIN_WINDOW_NS;
    if (twin == null) {
      if (lookup.key.canHaveTwin() && bootNs < lookup.dueNs) {
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

  private void enqueue(LookupQueue queue, OpenLookup lookup, long bootNs) {
    queue.add(lookup);
    if (queue.size() > MAX_QUEUED && queue.first != null) {
      advance(queue.first, bootNs);
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
    dropAnswer(lookup);
  }

  private void dropAnswer(OpenLookup lookup) {
    answerBytes -= lookup.answerBytes();
    lookup.dropAnswer();
  }

  private void adjustWaiting(OpenLookup lookup, int change) {
    waiting += lookup.wanted ? change : 0;
  }

  /// Ends the waits for a next attempt and for a twin that are over at this time.
  public void tick(long bootNs) {
    for (Connection due : connections.removeOlderThan(bootNs - timeoutNs)) {
      end(due, State.TIMEOUT, due.attempt().bootNs + timeoutNs);
    }
    while (inRetryWindow.first != null && inRetryWindow.first.dueNs <= bootNs) {
      complete(inRetryWindow.first, bootNs);
    }
    while (awaitingTwinQuery.first != null && awaitingTwinQuery.first.dueNs <= bootNs) {
      emit(awaitingTwinQuery.first, bootNs);
    }
  }

  /// Emits all lookups but those in phase WAITING, which [#waiting] counts.
  public void finish(long bootNs) {
    while (inRetryWindow.first != null) {
      complete(inRetryWindow.first, bootNs);
    }
    while (awaitingTwinQuery.first != null) {
      emit(awaitingTwinQuery.first, bootNs);
    }
    while (awaitingTwinResult.first != null) {
      emit(awaitingTwinResult.first, bootNs);
    }
  }

  private void link(OpenLookup opened) {
    long hash = opened.key.hash();
    OpenLookup older = newestByHash.get(hash);
    newestByHash.put(hash, opened);
    opened.olderOfHash = older;
    if (older != null) {
      older.newerOfHash = opened;
    }
  }

  private void unlink(OpenLookup gone) {
    OpenLookup newer = gone.newerOfHash;
    OpenLookup older = gone.olderOfHash;
    if (older != null) {
      older.newerOfHash = newer;
    }
    if (newer != null) {
      newer.olderOfHash = older;
    } else if (older != null) {
      newestByHash.put(gone.key.hash(), older);
    } else {
      newestByHash.remove(gone.key.hash());
    }
    gone.newerOfHash = null;
    gone.olderOfHash = null;
  }
}

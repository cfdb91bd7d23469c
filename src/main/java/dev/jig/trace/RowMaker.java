package dev.jig.trace;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.event.Cause;
import dev.jig.event.Query;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Timeout;
import dev.jig.match.Match;
import dev.jig.match.PendingQuery;
import dev.jig.trace.Scope.Decision;
import dev.jig.trace.Scope.Verdict;

/// Makes rows of what happens to messages and queries: one of each message, or one of each lookup.
sealed interface RowMaker permits PacketRows, LookupRows {
  /// A message was matched.
  ///
  /// @param verdict not SKIP
  void onMessage(Packet packet, Verdict verdict, Match match, byte[] bytes, int offset, int length);

  /// Whether messages without a wanted row are matched too and passed to [#onUnwanted].
  boolean needsUnwanted();

  /// A message without a wanted row was matched.
  void onUnwanted(Packet packet, Match match);

  /// A client connects to a server by TCP; see [dev.jig.capture.PacketHandler#onConnect].
  void onConnect(Packet connect);

  /// A client's socket was closed; its queries were reported before.
  void onSocketClosed(long socketCookie, long bootNs);

  /// A client's socket has got an error.
  void onSocketError(long socketCookie, Cause cause, long bootNs);

  /// A TCP segment got lost.
  void onSegmentLost(Packet segment, Drop drop);

  /// The receive buffer of its server dropped a query.
  ///
  /// @param arrival the row of its arrival, passed to [#onMessage] before
  void onArrivalDropped(long cgroupId, Query arrival, Cause cause);

  /// A query was refused on its way out: there is no row of its message.
  void onRefused(Packet packet, Match match);

  /// A server was asked again and again, and no packet left.
  ///
  /// @param row without a question
  void onUnsent(Timeout row, long cgroupId, long bootNs);

  /// A query timed out, or its socket was closed; for a client's query only.
  void onUnanswered(PendingQuery query, State state, long bootNs);

  /// A query was evicted before its end was known.
  void onEvicted(PendingQuery query, long bootNs);

  /// A row that waited for its container's name is released.
  void onReleased(Row row, Decision decision);

  /// Does what is due.
  ///
  /// @param bootNs as in [Pipeline#tick]
  void tick(long bootNs);

  /// Approximate heap size of what waits, besides pending queries and held rows.
  long heapBytes();

  /// Emits the oldest row that waits; returns whether there was one.
  boolean evictOldest(long bootNs);

  /// Emits what waits; the last call.
  void finish(long bootNs);

  /// The number of queries or lookups that wait for a response.
  long waiting();
}

package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Container;
import dev.jig.event.Owner;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Subject;
import org.jspecify.annotations.Nullable;

/// Matches each message with the query it belongs to, and makes its row. One thread.
public final class MessageMatcher {
  private final Rows rows;
  private final PendingQueries pending;
  private final AnsweredQueries answered;

  public MessageMatcher(Rows rows, PendingQueries pending, AnsweredQueries answered) {
    this.rows = rows;
    this.pending = pending;
    this.answered = answered;
  }

  /// Matches a message.
  ///
  /// @param message read from the bytes
  /// @param owner the packet's owner with the details to show
  /// @param sender the process that sent what the packet's owner received; null if unknown
  public Match match(
      Packet packet,
      DnsMessage message,
      @Nullable Container container,
      @Nullable Owner owner,
      @Nullable Subject sender,
      byte[] bytes,
      int offset,
      int length) {
    QueryKey key = QueryKey.of(packet, message.id(), message.isResponse());
    if (!message.isResponse()) {
      Query row = rows.query(packet, message, container, owner, sender);
      return new Match(
          row, pending.addQuery(key, message, row, packet.cgroupId(), packet.bootNs()));
    }
    PendingQuery query = pending.matchResponse(key, message, packet.bootNs());
    AnsweredQueries.Entry before =
        query == null ? answered.find(key, message, bytes, offset, length) : null;
    Response row = rows.response(packet, message, container, owner, query, before, sender);
    if (query != null && !query.transferring) {
      answered.add(query, message, bytes, offset, length);
    }
    return new Match(row, query);
  }

  /// Matches a response that came after its client had closed the socket.
  ///
  /// @param query the query that it answers, reported as unanswered
  public Match matchWithoutSocket(
      Packet packet, DnsMessage message, @Nullable Container container, PendingQuery query) {
    pending.discard(query);
    return new Match(
        rows.response(
            packet,
            message,
            container,
            /* own= */ null,
            query,
            /* answered= */ null,
            /* sender= */ null),
        query);
  }
}

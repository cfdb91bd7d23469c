package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.capture.Packet.Direction;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Attribution;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import dev.jig.match.PendingQueries;
import dev.jig.match.Rows;
import dev.jig.peer.Peers;
import dev.jig.peer.SentMessage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The other ends of a pipeline's messages on this machine: the sender of what arrives, and the
/// process that a client's query reached, which its row shows if it stays unanswered.
final class PeerMatcher {
  private final Peers peers;
  private final Rows rows;
  private final Scope scope;
  private final UnaryOperator<Owner> owners;
  private final PendingQueries pending;

  /// @param owners adds details to the owners that the kernel recorded
  PeerMatcher(
      Peers peers, Rows rows, Scope scope, UnaryOperator<Owner> owners, PendingQueries pending) {
    this.peers = peers;
    this.rows = rows;
    this.scope = scope;
    this.owners = owners;
    this.pending = pending;
  }

  /// A message was recorded, before it is known whether its row is wanted.
  void onMessage(Packet packet, byte[] bytes, int offset, int length) {
    if (packet.direction() == Direction.EGRESS) {
      peers.onSent(packet, bytes, offset, length);
    }
  }

  /// Returns the sender of a message with a wanted row; null if it is not on this machine, or not
  /// certain. Valid until the next call.
  @Nullable SentMessage findSent(Packet packet, byte[] bytes, int offset, int length) {
    return packet.direction() == Direction.INGRESS
        ? peers.findSent(packet, bytes, offset, length)
        : null;
  }

  @Nullable Subject subjectOf(@Nullable SentMessage sent) {
    Owner owner = sent == null ? null : sent.owner();
    return sent == null || owner == null
        ? null
        : subject(sent.cgroupId(), owner, sent.attribution());
  }

  private Subject subject(long cgroupId, Owner owner, Attribution attribution) {
    return rows.subject(
        scope.decide(cgroupId, owner).container(), owners.apply(owner), attribution);
  }

  /// A query has arrived at a process.
  ///
  /// @param sent the same query as it was sent
  void onQueryArrived(@Nullable SentMessage sent, DnsMessage message, Subject receiver) {
    if (sent != null && sent.socketCookie() != 0) {
      pending.setReceiver(sent.socketCookie(), message, receiver);
    }
  }

  /// A message without a wanted row was recorded; the kernel may skip its cgroup.
  void onUnwanted(Packet packet) {
    peers.onUnwanted(packet);
  }

  /// A query without a wanted row has arrived at a process: the client's row may be wanted.
  void onUnwantedQueryArrived(
      Packet packet, DnsMessage message, byte[] bytes, int offset, int length) {
    Owner owner = packet.owner();
    if (owner != null) {
      onQueryArrived(
          peers.findQuery(packet, bytes, offset, length),
          message,
          subject(packet.cgroupId(), owner, packet.attribution()));
    }
  }
}

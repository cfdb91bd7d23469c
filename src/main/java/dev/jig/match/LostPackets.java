package dev.jig.match;

import dev.jig.capture.Drop;
import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Cause;
import dev.jig.event.Endpoint;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the queries of clients that a lost packet concerns. On the client's own socket the cookie
/// decides; elsewhere id, question and the client's endpoint, which NAT on the way may have
/// changed: then id and question, if only one query has them. One thread.
public final class LostPackets {
  /// A packet is lost within milliseconds of its query, which is therefore among the last sent.
  private static final int MAX_COMPARED = 1024;

  /// Errors after which the client no longer waits on its socket.
  private static final Set<String> FINAL_ERRORS =
      Set.of(
          "ECONNREFUSED",
          "EHOSTUNREACH",
          "EHOSTDOWN",
          "ENETUNREACH",
          "ENETDOWN",
          "ECONNRESET",
          "ETIMEDOUT",
          "EPIPE");

  private final PendingQueries pending;

  public LostPackets(PendingQueries pending) {
    this.pending = pending;
  }

  /// The query that a lost datagram is, or responds to; null if none is known.
  ///
  /// @param message read from the packet
  public @Nullable PendingQuery find(Packet packet, Drop drop, DnsMessage message) {
    boolean atClient =
        drop.where()
            == (message.isResponse() ? Drop.Where.RECEIVING_SOCKET : Drop.Where.SENDING_SOCKET);
    return atClient
        ? findOfSocket(packet, message)
        : findOnTheWay(packet, message, message.isResponse());
  }

  private @Nullable PendingQuery findOfSocket(Packet packet, DnsMessage message) {
    PendingQuery newest = null;
    for (PendingQuery p : pending.ofFlow(Role.CLIENT, packet.socketCookie())) {
      if (isSameMessage(p, packet, message) && (!p.reported || message.isResponse())) {
        newest = p;
      }
    }
    return newest;
  }

  /// The query as it was recorded at the server's socket that a lost datagram was for; null if none
  /// is known.
  public @Nullable PendingQuery findArrived(Packet packet, DnsMessage message) {
    PendingQuery newest = null;
    for (PendingQuery p : pending.ofFlow(Role.SERVER, packet.socketCookie())) {
      if (isSameMessage(p, packet, message)
          && p.key.peerPort() == packet.sourcePort()
          && p.key.peer().equals(packet.source())) {
        newest = p;
      }
    }
    return newest;
  }

  private @Nullable PendingQuery findOnTheWay(
      Packet packet, DnsMessage message, boolean isResponse) {
    if (!pending.mayHaveClientId(message.id())) {
      return null;
    }
    PendingQuery translated = null;
    int candidates = 0;
    for (PendingQuery p : pending.newest(MAX_COMPARED)) {
      if (p.key.role() != Role.CLIENT || !isSameMessage(p, packet, message)) {
        continue;
      }
      if (hasClientOf(p, packet, isResponse)) {
        return p;
      }
      candidates++;
      translated = p;
    }
    return candidates == 1 && packet.socketNetNs() == 0 ? translated : null;
  }

  private static boolean isSameMessage(PendingQuery p, Packet packet, DnsMessage message) {
    return p.key.id() == message.id()
        && p.row.flow().protocol() == packet.protocol()
        && p.firstBootNs <= packet.bootNs()
        && (p.hasSameQuestion(message) || message.isResponse() && !message.hasQuestion());
  }

  /// Loopback addresses are equal only within one network namespace.
  private static boolean hasClientOf(PendingQuery p, Packet packet, boolean isResponse) {
    Endpoint client = p.row.flow().source();
    Owner owner = p.row.subject().owner();
    boolean sameEndpoint =
        isResponse
            ? client.port() == packet.destinationPort()
                && client.address().equals(packet.destination())
            : client.port() == packet.sourcePort() && client.address().equals(packet.source());
    return sameEndpoint
        && (packet.socketNetNs() == 0 || owner == null || owner.netNs() == packet.socketNetNs());
  }

  /// A TCP segment got lost: the queries that wait on its connection get the cause. They are known
  /// by their connection alone, since a segment may begin anywhere in the stream.
  public void onSegment(Packet packet, Drop drop) {
    if (!pending.hasTcpClient() || drop.hasSocket() && setCauseOfConnection(packet, drop)) {
      return;
    }
    for (PendingQuery p : pending.newest(MAX_COMPARED)) {
      boolean tcp = p.key.role() == Role.CLIENT && p.row.flow().protocol() == Protocol.TCP;
      if (tcp && hasClientOf(p, packet, false)) {
        p.setCause(drop.hook(), drop.cause(false));
      } else if (tcp && hasClientOf(p, packet, true)) {
        p.setCause(drop.hook(), drop.cause(true));
      }
    }
  }

  /// Returns whether the socket is a client's with queries.
  private boolean setCauseOfConnection(Packet packet, Drop drop) {
    boolean response = drop.where() == Drop.Where.RECEIVING_SOCKET;
    boolean found = false;
    for (PendingQuery p : pending.ofFlow(Role.CLIENT, packet.socketCookie())) {
      p.setCause(drop.hook(), drop.cause(response));
      found = true;
    }
    return found;
  }

  /// A client's socket has got an error: the queries that wait on it get the cause, if they all
  /// went to one server.
  ///
  /// @return whether the client no longer waits for their responses
  public boolean onSocketError(long flow, Drop drop) {
    if (!FINAL_ERRORS.contains(drop.reason())) {
      return false;
    }
    PendingQuery first = null;
    for (PendingQuery p : pending.ofFlow(Role.CLIENT, flow)) {
      first = first == null ? p : first;
      if (!p.key.peer().equals(first.key.peer()) || p.key.peerPort() != first.key.peerPort()) {
        return false;
      }
    }
    Cause cause = drop.cause(false);
    for (PendingQuery p : pending.ofFlow(Role.CLIENT, flow)) {
      p.setCause(drop.hook(), cause);
    }
    return first != null;
  }
}

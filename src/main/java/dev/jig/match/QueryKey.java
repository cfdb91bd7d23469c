package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.event.Endpoint;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import org.jspecify.annotations.Nullable;

/// What a query and its response have in common besides the question.
///
/// @param flow live: the socket's cookie, but for a TCP server a hash of the client's endpoint,
///   since data before the handshake ends come with the listener's cookie; files: a hash of both
///   endpoints; recorded rows: a hash of the client's endpoint
/// @param id the message's id
/// @param peer the server (client role, and files) or the client (server role) at the other end
public record QueryKey(Role role, long flow, int id, IpAddress peer, int peerPort) {

  /// The key of a message in a packet.
  ///
  /// @param response the header's QR bit
  public static QueryKey of(Packet packet, int id, boolean response) {
    return switch (packet.direction()) {
      case UNKNOWN -> ofEndpoints(Role.BOTH, packet, id, response);
      case EGRESS -> ofSide(response ? Role.SERVER : Role.CLIENT, packet, id, response);
      case INGRESS -> ofSide(response ? Role.CLIENT : Role.SERVER, packet, id, response);
    };
  }

  private static QueryKey ofSide(Role role, Packet packet, int id, boolean response) {
    if (packet.socketCookie() == 0) {
      return ofEndpoints(role, packet, id, response);
    }
    boolean egress = packet.direction() == Packet.Direction.EGRESS;
    IpAddress peer = egress ? packet.destination() : packet.source();
    int peerPort = egress ? packet.destinationPort() : packet.sourcePort();
    if (role == Role.SERVER && packet.protocol() == Protocol.TCP) {
      return new QueryKey(role, mix(peerPort, peer), id, peer, peerPort);
    }
    IpAddress nameserver = packet.nameserver();
    return role == Role.CLIENT && nameserver != null
        ? new QueryKey(role, packet.socketCookie(), id, nameserver, packet.nameserverPort())
        : new QueryKey(role, packet.socketCookie(), id, peer, peerPort);
  }

  private static QueryKey ofEndpoints(Role role, Packet packet, int id, boolean response) {
    IpAddress server = response ? packet.source() : packet.destination();
    int serverPort = response ? packet.sourcePort() : packet.destinationPort();
    IpAddress client = response ? packet.destination() : packet.source();
    int clientPort = response ? packet.destinationPort() : packet.sourcePort();
    long ports = (long) serverPort << 17 | (long) clientPort << 1;
    long protocol = packet.protocol() == Protocol.TCP ? 1 : 0;
    return new QueryKey(role, mix(mix(ports | protocol, server), client), id, server, serverPort);
  }

  /// The key of a row that an earlier trace recorded. NAT may make the endpoints of query and
  /// response differ; the client's is the same in both.
  public static QueryKey ofRecorded(Packet packet, Row row) {
    QueryKey key = of(packet, row.dns().id(), row.qr() == Qr.R);
    IpAddress nameserver = row.flow().nameserver();
    return key.role == Role.CLIENT && nameserver != null
        ? new QueryKey(key.role, recordedFlow(row), key.id, nameserver, 0)
        : new QueryKey(key.role, recordedFlow(row), key.id, key.peer, key.peerPort);
  }

  /// The flow of a recorded row.
  public static long recordedFlow(Row row) {
    Flow flow = row.flow();
    Endpoint client = row.qr() == Qr.R ? flow.destination() : flow.source();
    long protocol = flow.protocol() == Protocol.TCP ? 1 : 0;
    return mix((long) client.port() << 1 | protocol, client.address());
  }

  private static long mix(long hash, IpAddress address) {
    long mixed = (hash ^ address.high()) * 0x9e3779b97f4a7c15L;
    mixed ^= mixed >>> 32;
    mixed = (mixed ^ address.low()) * 0xc2b2ae3d27d4eb4fL;
    return mixed ^ mixed >>> 29;
  }

  /// Written out: C2 does not always inline what a record generates, and this runs per message.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QueryKey that
        && hasSameFlowAndId(that)
        && peerPort == that.peerPort
        && peer.equals(that.peer);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(flow) * 31 + id;
  }

  /// Whether all but the peer is equal.
  boolean hasSameFlowAndId(QueryKey other) {
    return flow == other.flow && id == other.id && role == other.role;
  }
}

package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.event.IpAddress;
import dev.jig.event.Protocol;

/// What a query and its response have in common besides the question.
///
/// @param flow the socket's cookie; for files the two endpoints, hashed
/// @param id the message's id
/// @param peer the server (client role, and files) or the client (server role) at the other end
record QueryKey(Role role, long flow, int id, IpAddress peer, int peerPort) {

  /// The key of a message in a packet.
  ///
  /// @param response the header's QR bit
  static QueryKey of(Packet packet, int id, boolean response) {
    return switch (packet.direction()) {
      case UNKNOWN -> ofFile(Role.BOTH, packet, id, response);
      case EGRESS -> ofSocket(response ? Role.SERVER : Role.CLIENT, packet, id, true);
      case INGRESS -> ofSocket(response ? Role.CLIENT : Role.SERVER, packet, id, false);
    };
  }

  private static QueryKey ofSocket(Role role, Packet packet, int id, boolean egress) {
    if (packet.socketCookie() == 0) {
      return ofFile(role, packet, id, egress == (role == Role.SERVER));
    }
    IpAddress wire = egress ? packet.destination() : packet.source();
    int wirePort = egress ? packet.destinationPort() : packet.sourcePort();
    IpAddress asked = packet.asked();
    return role == Role.CLIENT && asked != null
        ? new QueryKey(role, packet.socketCookie(), id, asked, packet.askedPort())
        : new QueryKey(role, packet.socketCookie(), id, wire, wirePort);
  }

  private static QueryKey ofFile(Role role, Packet packet, int id, boolean response) {
    IpAddress server = response ? packet.source() : packet.destination();
    int serverPort = response ? packet.sourcePort() : packet.destinationPort();
    IpAddress client = response ? packet.destination() : packet.source();
    int clientPort = response ? packet.destinationPort() : packet.sourcePort();
    long ports = (long) serverPort << 17 | (long) clientPort << 1;
    long flow = ports | (packet.protocol() == Protocol.TCP ? 1 : 0);
    flow = mix(flow, server.high(), server.low());
    flow = mix(flow, client.high(), client.low());
    return new QueryKey(role, flow, id, server, serverPort);
  }

  private static long mix(long hash, long high, long low) {
    long mixed = (hash ^ high) * 0x9e3779b97f4a7c15L;
    mixed ^= mixed >>> 32;
    mixed = (mixed ^ low) * 0xc2b2ae3d27d4eb4fL;
    return mixed ^ mixed >>> 29;
  }

  /// Spreads role, flow and id over a table's buckets.
  int bucket(int mask) {
    long mixed = (flow * 3 + (role == Role.SERVER ? 1 : 0) << 16 | id) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 40) & mask;
  }
}

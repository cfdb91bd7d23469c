package dev.jig.peer;

import dev.jig.capture.Packet;
import dev.jig.event.IpAddress;
import dev.jig.event.Protocol;
import dev.jig.peer.NatMappings.NatMapping;
import dev.jig.table.Hash64;
import org.jspecify.annotations.Nullable;

/// Finds the sender of a message that arrives on this machine. A message that stays on the machine
/// is recorded twice: at egress of its sender, then at ingress of its receiver.
///
/// Both records have the same bytes and the same client endpoint; loopback addresses are compared
/// within their network namespace. NAT may change the server's endpoint: a query is then still
/// found by the client's endpoint; a response is attributed only to the server that the query to
/// this address is known to have reached ([NatMappings]). If several processes match, there is no
/// peer. Ring thread only.
public final class Peers {
  private static final int HEADER_LENGTH = 12;
  private static final int FLAGS_OFFSET = 2;

  private final RecentSenders senders;
  private final NatMappings natMappings = new NatMappings();
  private final PeerSkipPolicy skipPolicy;

  /// @param skipPolicy decides which cgroups without wanted rows are recorded all the same
  /// @param remembered how many sent messages are remembered, a power of two
  public Peers(PeerSkipPolicy skipPolicy, int remembered) {
    this.senders = new RecentSenders(remembered);
    this.skipPolicy = skipPolicy;
  }

  /// A message was recorded at egress.
  public void onSent(Packet packet, byte[] bytes, int offset, int length) {
    if (length < HEADER_LENGTH) {
      return;
    }
    boolean response = isResponse(bytes, offset);
    long key = key(packet, bytes, offset, length, response);
    if (response) {
      senders.add(key, packet, packet.source(), packet.sourcePort());
      return;
    }
    senders.add(key, packet, packet.destination(), packet.destinationPort());
    IpAddress nameserver = packet.nameserver();
    if (nameserver != null) {
      addNatMapping(packet, nameserver, packet.nameserverPort());
    }
  }

  /// A message of a cgroup without wanted rows was recorded.
  public void onUnwanted(Packet packet) {
    skipPolicy.packetSeen(packet.cgroupId(), packet.source());
  }

  /// Returns a message recorded at ingress as it was sent; null if its sender is not on this
  /// machine, or not certain.
  public @Nullable SentMessage findSent(Packet packet, byte[] bytes, int offset, int length) {
    if (length < HEADER_LENGTH) {
      return null;
    }
    boolean response = isResponse(bytes, offset);
    long key = key(packet, bytes, offset, length, response);
    SentMessage found = response ? findServer(key, packet) : findClient(key, packet);
    if (found == null || found.owner == null) {
      skipPolicy.peerMissing(packet.source(), packet.bootNs());
      return null;
    }
    skipPolicy.peerFound(found.cgroupId);
    return found;
  }

  /// As [#findSent], for a query. It changes nothing that is recorded.
  public @Nullable SentMessage findQuery(Packet packet, byte[] bytes, int offset, int length) {
    return length < HEADER_LENGTH || isResponse(bytes, offset)
        ? null
        : findClient(key(packet, bytes, offset, length, false), packet);
  }

  private @Nullable SentMessage findServer(long key, Packet packet) {
    SentMessage direct = senders.find(key, packet, packet.source(), packet.sourcePort());
    if (direct != null) {
      return direct;
    }
    NatMapping reached =
        natMappings.find(
            packet.destination(), packet.destinationPort(), packet.source(), packet.sourcePort());
    return reached == null
        ? null
        : senders.find(key, packet, reached.server(), reached.serverPort());
  }

  private @Nullable SentMessage findClient(long key, Packet packet) {
    SentMessage exact = senders.find(key, packet, packet.destination(), packet.destinationPort());
    if (exact != null) {
      return exact;
    }
    SentMessage translated = senders.find(key, packet, null, 0);
    if (translated != null) {
      addNatMapping(packet, translated.server, translated.serverPort);
    }
    return translated;
  }

  private void addNatMapping(Packet query, IpAddress requested, int requestedPort) {
    if (requestedPort != query.destinationPort() || !requested.equals(query.destination())) {
      natMappings.put(
          new NatMapping(
              query.source(),
              query.sourcePort(),
              requested,
              requestedPort,
              query.destination(),
              query.destinationPort()));
    }
  }

  private static boolean isResponse(byte[] bytes, int offset) {
    return bytes[offset + FLAGS_OFFSET] < 0;
  }

  private static long key(Packet packet, byte[] bytes, int offset, int length, boolean response) {
    IpAddress client = response ? packet.destination() : packet.source();
    int port = response ? packet.destinationPort() : packet.sourcePort();
    long key = Hash64.mix(Hash64.of(bytes, offset, length) ^ client.high());
    key = Hash64.mix(key ^ client.low());
    return Hash64.mix(key ^ (long) port << 1 ^ (packet.protocol() == Protocol.TCP ? 1 : 0));
  }
}

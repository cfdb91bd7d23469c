package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.table.DirectMapped;
import dev.jig.table.Hash64;
import dev.jig.table.Lru;
import org.jspecify.annotations.Nullable;

/// Recognizes the copies of a packet in a capture of several interfaces, such as `tcpdump -i any`
/// on a node: a packet that is forwarded is captured where it arrives, where it leaves, and on
/// bridges between, behind NAT with other addresses.
///
/// The first copy of a query is the client's own. A response that still has the addresses that NAT
/// gave the query is a copy as well: the client's own follows, and only that one answers the query.
///
/// Two packets are copies of each other if message and identification (IPv4's, or TCP's sequence
/// number) are equal and both were captured within [#WINDOW_NS], at different interfaces or in
/// different directions: a client that repeats a query sends it at the same interface again. One
/// thread.
public final class PacketCopies {
  /// Forwarding takes microseconds, a queue milliseconds; resolvers repeat a query later than this.
  private static final long WINDOW_NS = 100_000_000;

  /// The same where the interface is not known: cooked headers v1.
  private static final long UNKNOWN_INTERFACE_WINDOW_NS = 50_000;

  /// More than the messages within [#WINDOW_NS] at 100,000 a second.
  private static final int SLOTS = 1 << 14;

  private static final int MAX_TRANSLATED = 8_192;

  private final PendingQueries pending;
  private final DirectMapped<Seen> recent = new DirectMapped<>(SLOTS);

  /// The client's own key of a query, by the key that NAT gave it.
  private final Lru<QueryKey, QueryKey> translated = new Lru<>(MAX_TRANSLATED);

  /// @param pending learns of responses that were seen before NAT restored their addresses
  public PacketCopies(PendingQueries pending) {
    this.pending = pending;
  }

  /// A packet without its payload.
  ///
  /// @param hash of message and identification
  private record Seen(
      long hash,
      QueryKey key,
      long timeNs,
      long captureInterface,
      @Nullable PacketType type,
      IpAddress source,
      int sourcePort,
      IpAddress destination,
      int destinationPort) {
    static Seen of(Packet packet, QueryKey key, long hash) {
      return new Seen(
          hash,
          key,
          packet.timeNs(),
          packet.captureInterface(),
          packet.type(),
          packet.source(),
          packet.sourcePort(),
          packet.destination(),
          packet.destinationPort());
    }

    boolean sharesAnEnd(Seen other) {
      return (sourcePort == other.sourcePort && source.equals(other.source))
          || (destinationPort == other.destinationPort && destination.equals(other.destination));
    }
  }

  /// Whether the message is a copy of one seen before.
  ///
  /// @param message read from the bytes, of at least 12
  public boolean isCopy(Packet packet, DnsMessage message, byte[] bytes, int offset, int length) {
    QueryKey key = QueryKey.of(packet, message.id(), message.isResponse());
    if (message.isResponse()) {
      QueryKey client = translated.get(key);
      if (client != null) {
        // Most likely the client gets it. If its own copy is missing, that is no proof.
        pending.markAnswerLost(client, packet.bootNs());
        return true;
      }
    }
    long hash = Hash64.mix(Hash64.of(bytes, offset, length) + packet.copyIdentification());
    Seen first = recent.get(hash);
    Seen now = Seen.of(packet, key, hash);
    if (first == null || first.hash != hash || !isCopy(now, first)) {
      recent.put(hash, now);
      if (!message.isResponse()) {
        translated.remove(key); // a query of its own, of whoever has the addresses now
      }
      return false;
    }
    if (!message.isResponse() && !key.equals(first.key)) {
      translated.put(key, first.key);
    }
    return true;
  }

  private static boolean isCopy(Seen now, Seen first) {
    long afterNs = Math.abs(now.timeNs - first.timeNs);
    if (afterNs > WINDOW_NS) {
      return false;
    }
    boolean sameEndpoints = now.key.equals(first.key);
    if (now.captureInterface == first.captureInterface && now.type == first.type) {
      return sameEndpoints
          && now.captureInterface == 0
          && now.type != null
          && afterNs <= UNKNOWN_INTERFACE_WINDOW_NS;
    }
    return sameEndpoints || isTranslated(now, first);
  }

  /// Whether NAT may have changed the addresses: then the packet arrived and leaves. Where the
  /// capture does not say so, one end of the flow must be the same.
  private static boolean isTranslated(Seen now, Seen first) {
    return first.type == null || now.type == null
        ? now.sharesAnEnd(first)
        : first.type != PacketType.OUTGOING && now.type == PacketType.OUTGOING;
  }
}

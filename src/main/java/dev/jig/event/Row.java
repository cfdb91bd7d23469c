package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row: a DNS message seen at one socket, or a query without a response (T).
///
/// @param timestampNs nanoseconds since the epoch
/// @param container null for processes outside containers
/// @param owner null where [#attribution] is UNKNOWN
/// @param nameserver the address the application sent the query to, before any NAT; for a response
///   its source
/// @param packetType null where a capture file does not record it
/// @param id the message id, 16 bits
/// @param question null if the message has none
/// @param flags null on T rows
/// @param rcode extended by EDNS (RFC 6891 section 6.1.3); null on queries
/// @param latencyNs null where unknown
/// @param answerCount ANCOUNT: records of all types
/// @param addresses data of the A and AAAA records in the answer section, in order
/// @param state null on queries
/// @param node the Kubernetes node that captured it; null for a local trace
/// @param peer the process at the other end, if it runs on this machine and peers are resolved
/// @param message the message bytes, if the output needs them; null on T rows
/// @param endpoints pod or service names of the addresses, if agents resolve them
/// @param lookup details of a whole lookup; null on rows of single messages
public record Row(
    long timestampNs,
    @Nullable Container container,
    @Nullable Owner owner,
    Attribution attribution,
    Endpoint source,
    Endpoint destination,
    Protocol protocol,
    @Nullable PacketType packetType,
    @Nullable IpAddress nameserver,
    Qr qr,
    int id,
    @Nullable Question question,
    @Nullable Flags flags,
    @Nullable Integer rcode,
    @Nullable Long latencyNs,
    int answerCount,
    List<IpAddress> addresses,
    @Nullable State state,
    @Nullable String node,
    @Nullable Peer peer,
    @Nullable WireMessage message,
    @Nullable EndpointNames endpoints,
    @Nullable Lookup lookup) {

  private static final Endpoint NO_ENDPOINT = new Endpoint(IpAddress.v4(0), 0);

  public Row {
    addresses = List.copyOf(addresses);
  }

  /// A copy with another container.
  public Row withContainer(@Nullable Container newContainer) {
    return with(newContainer, message, endpoints, lookup);
  }

  /// A copy with the message bytes.
  public Row withMessage(WireMessage newMessage) {
    return with(container, newMessage, endpoints, lookup);
  }

  /// A copy with names for its addresses.
  public Row withEndpoints(EndpointNames newEndpoints) {
    return with(container, message, newEndpoints, lookup);
  }

  /// A copy that describes a whole lookup.
  public Row withLookup(Lookup newLookup) {
    return with(container, message, endpoints, newLookup);
  }

  private Row with(
      @Nullable Container newContainer,
      @Nullable WireMessage newMessage,
      @Nullable EndpointNames newEndpoints,
      @Nullable Lookup newLookup) {
    return new Row(
        timestampNs,
        newContainer,
        owner,
        attribution,
        source,
        destination,
        protocol,
        packetType,
        nameserver,
        qr,
        id,
        question,
        flags,
        rcode,
        latencyNs,
        answerCount,
        addresses,
        state,
        node,
        peer,
        newMessage,
        newEndpoints,
        newLookup);
  }

  /// An event that holds only a container and a process: it lets outputs print them by the
  /// catalogue of fields where there is no message.
  public static Row ofSubject(
      @Nullable Container container, @Nullable Owner owner, Attribution attribution) {
    return new Row(
        0,
        container,
        owner,
        attribution,
        NO_ENDPOINT,
        NO_ENDPOINT,
        Protocol.UDP,
        null,
        null,
        Qr.Q,
        0,
        null,
        null,
        null,
        null,
        0,
        List.of(),
        null);
  }

  /// An event without message bytes, endpoint names and lookup.
  public Row(
      long timestampNs,
      @Nullable Container container,
      @Nullable Owner owner,
      Attribution attribution,
      Endpoint source,
      Endpoint destination,
      Protocol protocol,
      @Nullable PacketType packetType,
      @Nullable IpAddress nameserver,
      Qr qr,
      int id,
      @Nullable Question question,
      @Nullable Flags flags,
      @Nullable Integer rcode,
      @Nullable Long latencyNs,
      int answerCount,
      List<IpAddress> addresses,
      @Nullable State state,
      @Nullable String node,
      @Nullable Peer peer) {
    this(
        timestampNs,
        container,
        owner,
        attribution,
        source,
        destination,
        protocol,
        packetType,
        nameserver,
        qr,
        id,
        question,
        flags,
        rcode,
        latencyNs,
        answerCount,
        addresses,
        state,
        node,
        peer,
        null,
        null,
        null);
  }

  /// An event of a local trace (no node name), without peer.
  public Row(
      long timestampNs,
      @Nullable Container container,
      @Nullable Owner owner,
      Attribution attribution,
      Endpoint source,
      Endpoint destination,
      Protocol protocol,
      @Nullable PacketType packetType,
      @Nullable IpAddress nameserver,
      Qr qr,
      int id,
      @Nullable Question question,
      @Nullable Flags flags,
      @Nullable Integer rcode,
      @Nullable Long latencyNs,
      int answerCount,
      List<IpAddress> addresses,
      @Nullable State state) {
    this(
        timestampNs,
        container,
        owner,
        attribution,
        source,
        destination,
        protocol,
        packetType,
        nameserver,
        qr,
        id,
        question,
        flags,
        rcode,
        latencyNs,
        answerCount,
        addresses,
        state,
        null,
        null);
  }
}

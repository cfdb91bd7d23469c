package dev.jig.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row: a DNS message on one side of one hop, or a query that stayed without answer (T).
///
/// @param timestampNs nanoseconds since the epoch
/// @param container null for processes outside containers
/// @param owner null where [#attribution] is UNKNOWN
/// @param nameserver the address the application asked, before any NAT; the source of a response
/// @param packetType null where a capture file does not tell
/// @param id the message's id, 16 bits
/// @param question null if the message has none
/// @param flags null on T rows
/// @param rcode extended by EDNS (RFC 6891 section 6.1.3); null on queries
/// @param latencyNs null where unknown
/// @param answerCount ANCOUNT, records of all kinds
/// @param addresses A and AAAA data of the answer section, in their order
/// @param state null on queries
public record DnsEvent(
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

  /// An address with its port.
  public record Endpoint(IpAddress address, int port) {}

  /// What was asked.
  ///
  /// @param name presentation form with trailing dot, already escaped (RFC 4343): printable ASCII
  ///   only
  /// @param type the QTYPE's number
  public record Question(String name, int type) {}

  /// The header's bits: RFC 1035 section 4.1.1, AD and CD from RFC 4035 section 3.
  public record Flags(boolean aa, boolean tc, boolean rd, boolean ra, boolean ad, boolean cd) {}

  public DnsEvent {
    addresses = List.copyOf(addresses);
  }
}

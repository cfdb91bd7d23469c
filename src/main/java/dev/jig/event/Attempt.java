package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// One query message of a lookup.
///
/// @param timestampNs send time, nanoseconds since the epoch
/// @param nameserver the address the application sent it to, before any NAT
/// @param id the DNS message id
/// @param cause why there was no response; null where unknown
/// @param durationNs from sending to the response, or to the event that [#state] names; 0 while
///   waiting
/// @param rcode null without a response
/// @param messages number of responses: more than one only for zone transfers
/// @param ednsSize the longest UDP payload that the query's OPT record accepts (RFC 6891 section
///   6.2.3); [#NO_EDNS] without one, and in rows that agents sent: rules run on the node
public record Attempt(
    long timestampNs,
    Protocol protocol,
    @Nullable IpAddress nameserver,
    int id,
    AttemptState state,
    @Nullable Cause cause,
    long durationNs,
    @Nullable Integer rcode,
    int messages,
    int ednsSize) {
  /// The query has no OPT record.
  public static final int NO_EDNS = -1;

  /// An attempt without EDNS.
  public Attempt(
      long timestampNs,
      Protocol protocol,
      @Nullable IpAddress nameserver,
      int id,
      AttemptState state,
      @Nullable Cause cause,
      long durationNs,
      @Nullable Integer rcode,
      int messages) {
    this(timestampNs, protocol, nameserver, id, state, cause, durationNs, rcode, messages, NO_EDNS);
  }

  /// Whether the query has an OPT record.
  public boolean hasEdns() {
    return ednsSize != NO_EDNS;
  }
}

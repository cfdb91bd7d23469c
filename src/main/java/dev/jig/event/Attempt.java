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
public record Attempt(
    long timestampNs,
    Protocol protocol,
    @Nullable IpAddress nameserver,
    int id,
    AttemptState state,
    @Nullable Cause cause,
    long durationNs,
    @Nullable Integer rcode,
    int messages) {}

package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// One query of a lookup: each time it was sent.
///
/// @param timestampNs when it was sent, nanoseconds since the epoch
/// @param nameserver the address asked, before any NAT
/// @param id the message's id
/// @param durationNs until its answer came, or until what [#state] says; 0 while it waits
/// @param rcode null without answer
/// @param messages how many answered it: more than one in a zone transfer
public record Attempt(
    long timestampNs,
    Protocol protocol,
    @Nullable IpAddress nameserver,
    int id,
    AttemptState state,
    long durationNs,
    @Nullable Integer rcode,
    int messages) {

  /// How a try ended.
  public enum AttemptState {
    ANSWERED,
    /// Answered with TC set, which asks to come again over TCP (RFC 7766 section 5).
    TRUNCATED,
    /// Sent again under the same id: whichever is answered, it counts for the last.
    REPEATED,
    TIMEOUT,
    CLOSED,
    LATE,
    /// Another try was answered first.
    WAITING;

    /// Whether a message came back.
    public boolean hasResponse() {
      return this == ANSWERED || this == TRUNCATED || this == LATE;
    }
  }
}

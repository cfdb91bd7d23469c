package dev.jig.dns;

import java.util.List;

/// The OPT record (RFC 6891 section 6.1).
///
/// @param udpSize the longest UDP payload the sender accepts, in bytes
/// @param rcode the message's response code, all twelve bits
/// @param dnssecOk the DO bit (RFC 3225)
/// @param flags the other fifteen bits, unassigned
public record Edns(
    int version, int udpSize, int rcode, boolean dnssecOk, int flags, List<EdnsOption> options) {
  public Edns {
    options = List.copyOf(options);
  }
}

package dev.jig.dns;

import java.util.List;

/// What the OPT record says (RFC 6891 section 6.1).
///
/// @param udpSize the longest datagram its sender takes
/// @param rcode the message's whole response code, twelve bits
/// @param dnssecOk the DO bit (RFC 3225)
/// @param flags the other fifteen bits, which have no meaning yet
public record Edns(
    int version, int udpSize, int rcode, boolean dnssecOk, int flags, List<EdnsOption> options) {
  public Edns {
    options = List.copyOf(options);
  }
}

package dev.jig.it.servers;

import java.util.List;

/// A message of a capture as a reader tells it, in numbers where the readers' words differ.
///
/// @param timestampNs when the packet that completed it was captured
/// @param rcode with EDNS's upper bits; -1 in a query
/// @param flags of AA, TC, RD, RA, AD and CD those that are set
/// @param counts of the four sections, as the header has them
/// @param addresses of the answer section's A and AAAA records
/// @param edns the root's OPT record, else empty
/// @param records of the last three sections but for that
record SeenMessage(
    long timestampNs,
    String protocol,
    String from,
    String to,
    int id,
    int opcode,
    int rcode,
    List<String> flags,
    List<Asked> questions,
    List<Integer> counts,
    List<String> addresses,
    String edns,
    List<Seen> records) {

  /// A question.
  record Asked(String name, int type, int ofClass) {}

  /// A record's frame.
  record Seen(String name, int type, int ofClass, long ttl) {}

  boolean isResponse() {
    return rcode >= 0;
  }
}

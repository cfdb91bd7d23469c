package dev.jig.it.servers;

import java.util.List;

/// A DNS message of a capture as a reader reports it; types, classes and codes are numbers.
///
/// @param timestampNs time of the packet that completed it
/// @param rcode with EDNS's upper bits; -1 in a query
/// @param flags those set of AA, TC, RD, RA, AD and CD
/// @param counts of the four sections, from the header
/// @param addresses of the answer section's A and AAAA records
/// @param edns of the OPT record; empty without one
/// @param records of the last three sections without OPT
record SeenMessage(
    long timestampNs,
    String protocol,
    String from,
    String to,
    int id,
    int opcode,
    int rcode,
    List<String> flags,
    List<Question> questions,
    List<Integer> counts,
    List<String> addresses,
    String edns,
    List<ResourceRecord> records) {

  /// A question.
  record Question(String name, int type, int recordClass) {}

  /// A resource record without its data.
  record ResourceRecord(String name, int type, int recordClass, long ttl) {}

  boolean isResponse() {
    return rcode >= 0;
  }
}

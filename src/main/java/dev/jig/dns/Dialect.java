package dev.jig.dns;

/// The protocol of a message. The format is the same; some bits differ in meaning.
public enum Dialect {
  /// RFC 1035.
  DNS,
  /// Multicast DNS: the top bit of a class is QU (unicast response) in a question and cache-flush
  /// in a record (RFC 6762 sections 5.4 and 10.2).
  MDNS,
  /// LLMNR: two bits of the header are C and T (RFC 4795 section 2.1.1).
  LLMNR;

  private static final int MDNS_PORT = 5353;
  private static final int LLMNR_PORT = 5355;

  /// By port: 5353 is mDNS, 5355 LLMNR, everything else DNS.
  public static Dialect ofPorts(int source, int destination) {
    if (source == MDNS_PORT || destination == MDNS_PORT) {
      return MDNS;
    }
    return source == LLMNR_PORT || destination == LLMNR_PORT ? LLMNR : DNS;
  }
}

package dev.jig.dns;

/// Who speaks: the same format, some bits of which mean something else.
public enum Dialect {
  /// RFC 1035.
  DNS,
  /// Multicast DNS: a class's top bit asks for an answer to the asker alone, or makes others forget
  /// what they have (RFC 6762 sections 5.4 and 10.2).
  MDNS,
  /// Link-local multicast name resolution: two bits of the header are C and T (RFC 4795 section
  /// 2.1.1).
  LLMNR;

  private static final int MDNS_PORT = 5353;
  private static final int LLMNR_PORT = 5355;

  /// Told by the ports at both ends.
  public static Dialect ofPorts(int source, int destination) {
    if (source == MDNS_PORT || destination == MDNS_PORT) {
      return MDNS;
    }
    return source == LLMNR_PORT || destination == LLMNR_PORT ? LLMNR : DNS;
  }
}

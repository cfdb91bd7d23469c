package dev.jig.dns;

/// The record and query types by name (IANA registry "Resource Record (RR) TYPEs").
public final class RecordType {
  private RecordType() {}

  /// The IANA mnemonic; `TYPE` and the number for types without one (RFC 3597 section 5).
  public static String mnemonic(int type) {
    return switch (type) {
      case 1 -> "A";
      case 2 -> "NS";
      case 5 -> "CNAME";
      case 6 -> "SOA";
      case 12 -> "PTR";
      case 15 -> "MX";
      case 16 -> "TXT";
      case 28 -> "AAAA";
      case 33 -> "SRV";
      case 65 -> "HTTPS";
      case 255 -> "ANY";
      default -> "TYPE" + type;
    };
  }
}

package dev.jig.dns;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Record and query types and their names (IANA registry "Resource Record (RR) TYPEs").
public final class RecordType {
  public static final int A = 1;
  public static final int SOA = 6;
  public static final int AAAA = 28;
  public static final int OPT = 41;
  public static final int IXFR = 251;
  public static final int AXFR = 252;
  public static final int ANY = 255;

  private static final int TA = 32768;
  private static final int DLV = 32769;

  private static final @Nullable String[] MNEMONICS = new @Nullable String[265];

  static {
    assign(
        1,
        "A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP"
            + " NSAP-PTR SIG KEY PX GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME"
            + " SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC DNSKEY DHCID NSEC3 NSEC3PARAM TLSA"
            + " SMIMEA");
    assign(
        55, "HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS DSYNC HHIT BRID");
    assign(99, "SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64");
    assign(128, "NXNAME");
    assign(
        249, "TKEY TSIG IXFR AXFR MAILB MAILA ANY URI CAA AVC DOA AMTRELAY RESINFO WALLET CLA IPN");
  }

  private RecordType() {}

  /// Whether it is asked for records of several types (RFC 1035 section 3.2.3, RFC 1995).
  static boolean isForSeveral(int type) {
    return type == ANY || type == AXFR || type == IXFR;
  }

  /// The IANA mnemonic; `TYPE` and the number for types without one (RFC 3597 section 5).
  public static String mnemonic(int type) {
    return switch (type) {
      case TA -> "TA";
      case DLV -> "DLV";
      default -> {
        String known = type >= 0 && type < MNEMONICS.length ? MNEMONICS[type] : null;
        yield known == null ? "TYPE" + type : known;
      }
    };
  }

  /// All mnemonics, in the order of their numbers.
  public static List<String> mnemonics() {
    return IntStream.concat(IntStream.range(0, MNEMONICS.length), IntStream.of(TA, DLV))
        .filter(type -> type >= MNEMONICS.length || MNEMONICS[type] != null)
        .mapToObj(RecordType::mnemonic)
        .toList();
  }

  /// The number of a type that has a mnemonic.
  static int of(String mnemonic) {
    for (int type = 0; type < MNEMONICS.length; type++) {
      if (mnemonic.equals(MNEMONICS[type])) {
        return type;
      }
    }
    return switch (mnemonic) {
      case "TA" -> TA;
      case "DLV" -> DLV;
      default -> throw new IllegalArgumentException("no type " + mnemonic);
    };
  }

  private static void assign(int first, String mnemonics) {
    int type = first;
    for (String mnemonic : mnemonics.split(" ", -1)) {
      MNEMONICS[type++] = mnemonic;
    }
  }
}

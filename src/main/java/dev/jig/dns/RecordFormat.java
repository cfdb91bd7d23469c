package dev.jig.dns;

import static dev.jig.dns.DataPart.A6;
import static dev.jig.dns.DataPart.BASE64;
import static dev.jig.dns.DataPart.COUNTED_BASE64;
import static dev.jig.dns.DataPart.ERROR;
import static dev.jig.dns.DataPart.EUI48;
import static dev.jig.dns.DataPart.EUI64;
import static dev.jig.dns.DataPart.GATEWAY;
import static dev.jig.dns.DataPart.HASH;
import static dev.jig.dns.DataPart.HEX;
import static dev.jig.dns.DataPart.HEX_0X;
import static dev.jig.dns.DataPart.HOST_IDENTITY;
import static dev.jig.dns.DataPart.IPV4;
import static dev.jig.dns.DataPart.IPV6;
import static dev.jig.dns.DataPart.LOCATION;
import static dev.jig.dns.DataPart.NAME;
import static dev.jig.dns.DataPart.NODE_ID;
import static dev.jig.dns.DataPart.OLD_TYPES;
import static dev.jig.dns.DataPart.PORTS;
import static dev.jig.dns.DataPart.PREFIXES;
import static dev.jig.dns.DataPart.RELAY;
import static dev.jig.dns.DataPart.SALT;
import static dev.jig.dns.DataPart.SCHEME;
import static dev.jig.dns.DataPart.SERVICE_PARAMETERS;
import static dev.jig.dns.DataPart.STRING;
import static dev.jig.dns.DataPart.STRINGS;
import static dev.jig.dns.DataPart.STRING_IF_ANY;
import static dev.jig.dns.DataPart.TAG;
import static dev.jig.dns.DataPart.TEXT;
import static dev.jig.dns.DataPart.TIME;
import static dev.jig.dns.DataPart.TYPE;
import static dev.jig.dns.DataPart.TYPES;
import static dev.jig.dns.DataPart.U16;
import static dev.jig.dns.DataPart.U32;
import static dev.jig.dns.DataPart.U48;
import static dev.jig.dns.DataPart.U8;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The table of types: the parts of their data, in order. Types that are not listed are shown in
/// the generic form of RFC 3597.
final class RecordFormat {
  private static final Map<Integer, List<DataPart>> BY_TYPE = new HashMap<>();

  static {
    // RFC 1035, RFC 3596
    define("A", IPV4);
    define("AAAA", IPV6);
    define("NS MD MF CNAME MB MG MR PTR DNAME NSAP-PTR", NAME);
    define("SOA", NAME, NAME, U32, U32, U32, U32, U32);
    define("MX AFSDB RT KX LP", U16, NAME);
    define("MINFO RP TALINK", NAME, NAME);
    define("HINFO", STRING, STRING);
    define("TXT SPF AVC NINFO RESINFO WALLET", STRINGS);
    define("WKS", IPV4, U8, PORTS);

    // services
    define("SRV", U16, U16, U16, NAME);
    define("NAPTR", U16, U16, STRING, STRING, STRING, NAME);
    define("URI", U16, U16, TEXT);
    define("SVCB HTTPS", U16, NAME, SERVICE_PARAMETERS);
    define("DSYNC", TYPE, SCHEME, U16, NAME);

    // DNSSEC and keys
    define("DS CDS DLV TA", U16, U8, U8, HEX);
    define("DNSKEY CDNSKEY KEY RKEY", U16, U8, U8, BASE64);
    define("RRSIG SIG", TYPE, U8, U8, U32, TIME, TIME, U16, NAME, BASE64);
    define("NSEC", NAME, TYPES);
    define("NSEC3", U8, U8, U16, SALT, HASH, TYPES);
    define("NSEC3PARAM", U8, U8, U16, SALT);
    define("NXT", NAME, OLD_TYPES);
    define("CSYNC", U32, U16, TYPES);
    define("ZONEMD", U32, U8, U8, HEX);
    define("TLSA SMIMEA", U8, U8, U8, HEX);
    define("SSHFP", U8, U8, HEX);
    define("CAA", U8, TAG, TEXT);
    define("CERT", U16, U16, U8, BASE64);
    define("OPENPGPKEY DHCID", BASE64);
    define("IPSECKEY", U8, GATEWAY);
    define("HIP", HOST_IDENTITY);
    define("TSIG", NAME, U48, U16, COUNTED_BASE64, U16, ERROR, COUNTED_BASE64);
    define("TKEY", NAME, TIME, TIME, U16, ERROR, COUNTED_BASE64, COUNTED_BASE64);

    // other addresses and locations
    define("EUI48", EUI48);
    define("EUI64", EUI64);
    define("NID L64", U16, NODE_ID);
    define("L32", U16, IPV4);
    define("AMTRELAY", U8, RELAY);
    define("APL", PREFIXES);
    define("A6", A6);
    define("X25", STRING);
    define("ISDN", STRING, STRING_IF_ANY);
    define("NSAP", HEX_0X);
    define("PX", U16, NAME, NAME);
    define("GPOS", STRING, STRING, STRING);
    define("LOC", LOCATION);
  }

  private RecordFormat() {}

  /// Null for types that are not listed.
  static @Nullable List<DataPart> of(int type) {
    return BY_TYPE.get(type);
  }

  private static void define(String mnemonics, DataPart... parts) {
    for (String mnemonic : mnemonics.split(" ", -1)) {
      BY_TYPE.put(RecordType.of(mnemonic), List.of(parts));
    }
  }
}

package dev.jig.dns;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Response codes and their names (IANA registry "DNS RCODEs").
public final class Rcode {
  private static final String[] FROM_0 = {
    "NoError",
    "FormErr",
    "ServFail",
    "NXDomain",
    "NotImp",
    "Refused",
    "YXDomain",
    "YXRRSet",
    "NXRRSet",
    "NotAuth",
    "NotZone",
    "DSOTYPENI"
  };

  /// 16 is BADVERS in a header (RFC 6891 section 9) and BADSIG in TSIG records. 23 (BADCOOKIE) is
  /// not named: `RCODE23` is part of the documented output.
  private static final String[] FROM_16 = {
    "BADVERS", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG", "BADTRUNC"
  };

  /// The last assigned code: BADCOOKIE (RFC 7873 section 8).
  private static final int LAST = 23;

  public static final int NO_ERROR = 0;
  public static final int FORM_ERR = 1;
  public static final int SERV_FAIL = 2;
  public static final int NX_DOMAIN = 3;
  private static final int NOT_IMP = 4;
  public static final int REFUSED = 5;
  public static final int BAD_VERS = 16;

  private Rcode() {}

  /// Whether the code says neither that the name has records of some type nor that it does not
  /// exist.
  public static boolean isFailure(int rcode) {
    return rcode != NO_ERROR && rcode != NX_DOMAIN;
  }

  /// Whether the code is about the server, not the name: stub resolvers then try the next server.
  public static boolean isServerFailure(int rcode) {
    return rcode == FORM_ERR
        || rcode == SERV_FAIL
        || rcode == NOT_IMP
        || rcode == REFUSED
        || rcode == BAD_VERS;
  }

  /// Whether a server that does not know EDNS, or not this version, responds with the code (RFC
  /// 6891 section 7): resolvers repeat the query without it.
  public static boolean mayRefuseEdns(int rcode) {
    return rcode == FORM_ERR || rcode == NOT_IMP || rcode == BAD_VERS;
  }

  /// The name; `RCODE` and the number for codes without one.
  public static String mnemonic(int rcode) {
    if (rcode >= 0 && rcode < FROM_0.length) {
      return FROM_0[rcode];
    }
    if (rcode >= 16 && rcode < 16 + FROM_16.length) {
      return FROM_16[rcode - 16];
    }
    return "RCODE" + rcode;
  }

  /// All names, in the order of their codes.
  public static List<String> mnemonics() {
    return Stream.of(FROM_0, FROM_16).flatMap(Arrays::stream).toList();
  }

  /// Whether the code is assigned by IANA.
  static boolean isAssigned(int rcode) {
    return rcode < FROM_0.length || rcode >= 16 && rcode <= LAST;
  }
}

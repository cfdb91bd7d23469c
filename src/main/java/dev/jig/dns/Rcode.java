package dev.jig.dns;

/// The response codes by name (IANA registry "DNS RCODEs").
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

  /// 16 is BADVERS in a message (RFC 6891 section 9); as BADSIG it stands only inside TSIG records.
  /// 23 is left to its number on purpose: `RCODE23` is what the command promises to print.
  private static final String[] FROM_16 = {
    "BADVERS", "BADKEY", "BADTIME", "BADMODE", "BADNAME", "BADALG", "BADTRUNC"
  };

  /// The last code with a meaning: BADCOOKIE (RFC 7873 section 8).
  private static final int LAST = 23;

  private static final int FORM_ERR = 1;
  private static final int SERV_FAIL = 2;
  private static final int NOT_IMP = 4;
  private static final int REFUSED = 5;

  private Rcode() {}

  /// Whether it says something of the server rather than of the name: resolvers turn to the next
  /// server then.
  public static boolean isServerFailure(int rcode) {
    return rcode == FORM_ERR || rcode == SERV_FAIL || rcode == NOT_IMP || rcode == REFUSED;
  }

  /// The name users know, or `RCODE` and the number.
  public static String mnemonic(int rcode) {
    if (rcode >= 0 && rcode < FROM_0.length) {
      return FROM_0[rcode];
    }
    if (rcode >= 16 && rcode < 16 + FROM_16.length) {
      return FROM_16[rcode - 16];
    }
    return "RCODE" + rcode;
  }

  /// Whether the registry gives the code a meaning.
  static boolean isAssigned(int rcode) {
    return rcode < FROM_0.length || rcode >= 16 && rcode <= LAST;
  }
}

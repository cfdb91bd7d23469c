package dev.jig.dns;

/// The response codes by name (IANA registry "DNS RCODEs").
public final class Rcode {
  private Rcode() {}

  /// The name users know, or `RCODE` and the number.
  public static String mnemonic(int rcode) {
    return switch (rcode) {
      case 0 -> "NoError";
      case 1 -> "FormErr";
      case 2 -> "ServFail";
      case 3 -> "NXDomain";
      case 4 -> "NotImp";
      case 5 -> "Refused";
      case 16 -> "BADVERS";
      default -> "RCODE" + rcode;
    };
  }
}

package dev.jig.dns;

/// Classes and their names (IANA registry "DNS CLASSes").
public final class RecordClass {
  public static final int IN = 1;
  public static final int CHAOS = 3;
  public static final int HESIOD = 4;
  public static final int NONE = 254;
  public static final int ANY = 255;

  private RecordClass() {}

  /// The mnemonic; `CLASS` and the number for classes without one (RFC 3597 section 5).
  public static String mnemonic(int recordClass) {
    return switch (recordClass) {
      case IN -> "IN";
      case CHAOS -> "CH";
      case HESIOD -> "HS";
      case NONE -> "NONE";
      case ANY -> "ANY";
      default -> "CLASS" + recordClass;
    };
  }
}

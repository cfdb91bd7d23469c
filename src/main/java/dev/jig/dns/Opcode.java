package dev.jig.dns;

/// The kinds of message by name (IANA registry "DNS OpCodes").
public final class Opcode {
  public static final int QUERY = 0;
  public static final int NOTIFY = 4;
  public static final int UPDATE = 5;

  /// DNS Stateful Operations, RFC 8490.
  public static final int DSO = 6;

  private Opcode() {}

  /// The registry's word, or `OPCODE` and the number.
  public static String mnemonic(int opcode) {
    return switch (opcode) {
      case QUERY -> "QUERY";
      case 1 -> "IQUERY";
      case 2 -> "STATUS";
      case NOTIFY -> "NOTIFY";
      case UPDATE -> "UPDATE";
      case DSO -> "DSO";
      default -> "OPCODE" + opcode;
    };
  }
}

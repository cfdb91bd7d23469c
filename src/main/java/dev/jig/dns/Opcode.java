package dev.jig.dns;

/// Opcodes and their names (IANA registry "DNS OpCodes").
public final class Opcode {
  public static final int QUERY = 0;
  public static final int NOTIFY = 4;
  public static final int UPDATE = 5;

  /// DNS Stateful Operations, RFC 8490.
  public static final int DSO = 6;

  private Opcode() {}

  /// The IANA name; `OPCODE` and the number for opcodes without one.
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

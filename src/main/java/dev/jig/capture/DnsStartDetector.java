package dev.jig.capture;

/// Checks whether bytes of a TCP stream can be the length prefix and start of a DNS message, for
/// streams joined in the middle, where message boundaries are unknown.
final class DnsStartDetector {
  /// The result of a check.
  enum Result {
    LIKELY,
    /// More bytes are needed.
    UNDECIDED,
    NO
  }

  private static final int HEADER_LENGTH = 12;
  private static final int FLAGS = 4;
  private static final int COUNTS = 6;
  private static final int QUESTION = TcpStream.PREFIX_LENGTH + HEADER_LENGTH;

  /// IANA has assigned opcodes 0 to 6, DNS Stateful Operations (RFC 8490), without 3.
  private static final int OPCODE_UNASSIGNED = 3;

  private static final int OPCODE_DSO = 6;

  /// More than one is rare.
  private static final int MAX_QUESTIONS = 4;

  /// 11 bytes: the root's name 1, type 2, class 2, TTL 4, RDLENGTH 2.
  private static final int MIN_RECORD = 11;

  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 255;
  private static final int CLASS_IN = 1;
  private static final int CLASS_CHAOS = 3;
  private static final int CLASS_ANY = 255;

  private DnsStartDetector() {}

  /// Checks the header: for the first bytes of a stream, which usually start a message.
  static Result checkHeader(byte[] bytes, int offset, int length) {
    if (length < TcpStream.PREFIX_LENGTH) {
      return Result.UNDECIDED;
    }
    int messageLength = u16(bytes, offset);
    if (messageLength < HEADER_LENGTH) {
      return Result.NO;
    }
    if (length < QUESTION) {
      return Result.UNDECIDED;
    }
    int flags = u16(bytes, offset + FLAGS);
    int opcode = flags >>> 11 & 0xf;
    boolean z = (flags & 0x40) != 0;
    boolean assigned = opcode <= OPCODE_DSO && opcode != OPCODE_UNASSIGNED;
    int records = 0;
    for (int section = 1; section <= 3; section++) {
      records += u16(bytes, offset + COUNTS + 2 * section);
    }
    boolean fits =
        u16(bytes, offset + COUNTS) <= MAX_QUESTIONS
            && records <= (messageLength - HEADER_LENGTH) / MIN_RECORD;
    return assigned && !z && fits ? Result.LIKELY : Result.NO;
  }

  /// Checks the header and its one question: for places where any byte may start a message.
  /// Messages without a question are not found.
  static Result checkQuestion(byte[] bytes, int offset, int length) {
    Result header = checkHeader(bytes, offset, length);
    if (header != Result.LIKELY) {
      return header;
    }
    if (u16(bytes, offset + COUNTS) != 1) {
      return Result.NO;
    }
    int messageEnd = TcpStream.PREFIX_LENGTH + u16(bytes, offset);
    int at = QUESTION;
    while (at < length && bytes[offset + at] != 0) {
      int label = bytes[offset + at] & 0xff;
      at += 1 + label;
      if (label > MAX_LABEL || at - QUESTION >= MAX_NAME || at >= messageEnd) {
        return Result.NO;
      }
    }
    int afterType = at + 3;
    if (afterType + 2 > messageEnd) {
      return Result.NO;
    }
    if (afterType + 2 > length) {
      return Result.UNDECIDED;
    }
    // without the QU bit of multicast DNS (RFC 6762 section 5.4)
    int wireClass = u16(bytes, offset + afterType) & 0x7fff;
    return wireClass == CLASS_IN || wireClass == CLASS_CHAOS || wireClass == CLASS_ANY
        ? Result.LIKELY
        : Result.NO;
  }

  private static int u16(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
  }
}

package dev.jig.capture;

/// Whether bytes of a TCP stream can be the begin of a DNS message with its length, as far as they
/// go: for streams joined in the middle, where the borders between messages are not known.
final class DnsStartDetector {
  /// What bytes look like.
  enum Result {
    LIKELY,
    /// Not enough of them to tell.
    UNDECIDED,
    NO
  }

  private static final int HEADER_LENGTH = 12;
  private static final int FLAGS = 4;
  private static final int COUNTS = 6;
  private static final int QUESTION = TcpStream.PREFIX_LENGTH + HEADER_LENGTH;

  /// Opcodes assigned by IANA go up to DNS Stateful Operations (RFC 8490), without 3.
  private static final int OPCODE_UNASSIGNED = 3;

  private static final int OPCODE_DSO = 6;

  /// More than one is legal and never seen.
  private static final int QUESTIONS_AT_MOST = 4;

  /// A record takes eleven bytes at least: a root name, type, class, TTL and length.
  private static final int SHORTEST_RECORD = 11;

  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 255;
  private static final int CLASS_IN = 1;
  private static final int CLASS_CHAOS = 3;
  private static final int CLASS_ANY = 255;

  private DnsStartDetector() {}

  /// By the header alone: for the first bytes of a stream, which begin a message as a rule.
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
        u16(bytes, offset + COUNTS) <= QUESTIONS_AT_MOST
            && records <= (messageLength - HEADER_LENGTH) / SHORTEST_RECORD;
    return assigned && !z && fits ? Result.LIKELY : Result.NO;
  }

  /// By the header and the one question behind it: where any byte may be the first of a message.
  /// Messages without question are not recognised.
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
      if (label > LONGEST_LABEL || at - QUESTION >= LONGEST_NAME || at >= messageEnd) {
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
    int wireClass = u16(bytes, offset + afterType) & 0x7fff; // without multicast DNS's QU bit
    return wireClass == CLASS_IN || wireClass == CLASS_CHAOS || wireClass == CLASS_ANY
        ? Result.LIKELY
        : Result.NO;
  }

  private static int u16(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
  }
}

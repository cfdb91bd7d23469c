package dev.jig.dns;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A DNS message read in place: a mutable flyweight, wrapped around one message after the other by
/// one thread. Nothing but [#questionName] allocates, unless a message has more addresses than any
/// before it.
///
/// Header, question and addresses before a damage or truncation stay readable. The buffer must not
/// change while the message is in use.
///
/// ```
///    0  ID
///    2  QR 1 | opcode 4 | AA 1 | TC 1 | RD 1 | RA 1 | Z 1 | AD 1 | CD 1 | RCODE 4
///    4  QDCOUNT   6  ANCOUNT   8  NSCOUNT   10  ARCOUNT
///   12  questions, answers, authority, additional
/// ```
///
/// RFC 1035 section 4.1.1; AD and CD: RFC 4035 section 3.
public final class DnsMessage {
  /// The most bytes [#copyQuestion] writes.
  public static final int MAX_QUESTION_LENGTH = CanonicalQuestion.MAX_LENGTH;

  static final int HEADER_LENGTH = 12;

  /// Multicast DNS uses the class's top bit as a flag (RFC 6762 sections 5.4 and 10.2).
  static final int CLASS_MASK = 0x7fff;

  static final int CLASS_IN = 1;

  private static final int QR = 0x8000;
  private static final int AA = 0x0400;
  private static final int TC = 0x0200;
  private static final int RD = 0x0100;
  private static final int RA = 0x0080;
  private static final int Z = 0x0040;
  private static final int AD = 0x0020;
  private static final int CD = 0x0010;

  private final WireCursor cursor = new WireCursor();
  private final CanonicalQuestion question = new CanonicalQuestion();
  private final Presentation name = new Presentation();

  private byte[] buffer = {};
  private int offset;
  private int length;
  private boolean hasHeader;
  private int id;
  private int flags;
  private int questionCount;
  private int answerCount;
  private int authorityCount;
  private int additionalCount;
  private int extendedRcode;
  private boolean hasEdns;
  private int udpSize;
  private int trailingBytes;
  private int[] addressOffsets = new int[16];
  private int addressCount;
  private boolean hasAnswerOfType;

  /// Reads a message with all its sections; returns whether it is whole and well-formed. Bytes
  /// after the last section are no damage, since receivers ignore them: see [#trailingBytes].
  ///
  /// @throws IndexOutOfBoundsException if the slice is not within the buffer; never for its content
  public boolean wrap(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
    clear();
    cursor.start(buffer, offset, length);
    if (!readHeader() || !walkQuestions() || !walkAnswers() || !walkAuthority()) {
      return false;
    }
    if (!walkAdditional()) {
      return false;
    }
    trailingBytes = cursor.remaining();
    return true;
  }

  /// Null if the message is whole and well-formed.
  public @Nullable Malformation malformation() {
    return cursor.malformation();
  }

  /// The byte offset within the message at which reading ended by [#malformation], else 0.
  public int malformedAt() {
    return cursor.malformedAt();
  }

  /// Bytes after the last section of a well-formed message.
  public int trailingBytes() {
    return trailingBytes;
  }

  /// Whether there is a whole header; if not, its values are 0.
  public boolean hasHeader() {
    return hasHeader;
  }

  public int id() {
    return id;
  }

  public boolean isResponse() {
    return (flags & QR) != 0;
  }

  public int opcode() {
    return flags >>> 11 & 0xf;
  }

  /// The response code, with the upper eight bits of an OPT record if there is one (RFC 6891
  /// section 6.1.3).
  public int rcode() {
    return extendedRcode << 4 | flags & 0xf;
  }

  /// Whether there is an OPT record (RFC 6891).
  public boolean hasEdns() {
    return hasEdns;
  }

  /// The longest UDP payload that the sender accepts, as its OPT record says; 0 without one.
  public int udpSize() {
    return udpSize;
  }

  public boolean aa() {
    return (flags & AA) != 0;
  }

  public boolean tc() {
    return (flags & TC) != 0;
  }

  public boolean rd() {
    return (flags & RD) != 0;
  }

  public boolean ra() {
    return (flags & RA) != 0;
  }

  /// The Z bit, which must be zero.
  boolean z() {
    return (flags & Z) != 0;
  }

  public boolean ad() {
    return (flags & AD) != 0;
  }

  public boolean cd() {
    return (flags & CD) != 0;
  }

  /// As the header says, like the other three counts.
  public int questionCount() {
    return questionCount;
  }

  public int answerCount() {
    return answerCount;
  }

  public int authorityCount() {
    return authorityCount;
  }

  public int additionalCount() {
    return additionalCount;
  }

  /// Whether a whole question was read. All question methods are about the first one.
  public boolean hasQuestion() {
    return question.length() > 0;
  }

  /// 0 without a question.
  public int questionType() {
    return hasQuestion() ? question.type() : 0;
  }

  /// As on the wire, with the QU bit of multicast DNS if set; 0 without a question.
  public int questionClass() {
    return hasQuestion() ? question.questionClass() : 0;
  }

  /// The presentation form with trailing dot, the root as `.`: printable ASCII only, everything
  /// else as `\DDD`, case as on the wire. Empty without a question.
  public String questionName() {
    if (!hasQuestion()) {
      return "";
    }
    name.begin(Integer.MAX_VALUE);
    return name.name(buffer, offset, offset + HEADER_LENGTH).toString();
  }

  /// A hash of name, type and class, ignoring case and compression; 0 without a question.
  public long questionHash() {
    return question.hash();
  }

  /// Whether the question's name has upper-case letters; false without a question.
  public boolean hasUpperCaseQuestion() {
    return question.isLowered();
  }

  /// Writes the question as uncompressed lower-case name, type and class: equal questions have
  /// equal copies. Returns the length, at most [#MAX_QUESTION_LENGTH]; 0 without a question.
  public int copyQuestion(byte[] target, int at) {
    return question.copyTo(target, at);
  }

  /// Compares with what [#copyQuestion] wrote.
  public boolean questionEquals(byte[] canonical, int at, int length) {
    return question.isEqualTo(canonical, at, length);
  }

  /// The number of A and AAAA records of class IN in the answer section.
  public int addressCount() {
    return addressCount;
  }

  /// Whether the answer section has a record of the question's type; for a question for records of
  /// several types (ANY, AXFR, IXFR: RFC 1035 section 3.2.3) whether it has any record.
  public boolean hasAnswerOfType() {
    return hasAnswerOfType || answerCount > 0 && RecordType.isForSeveral(questionType());
  }

  /// The offset of an address in [#buffer].
  public int addressOffset(int i) {
    return addressOffsets[Objects.checkIndex(i, addressCount)];
  }

  /// 4 or 16.
  public int addressLength(int i) {
    return WireCursor.read16(buffer, addressOffset(i) - 2); // the record's RDLENGTH
  }

  /// The buffer that was wrapped.
  public byte[] buffer() {
    return buffer;
  }

  /// The offset of the message in [#buffer].
  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  /// Whether the message passes [StrictRules], which identify DNS in payloads of any port.
  public boolean isStrictlyValid() {
    return hasHeader && malformation() == null && StrictRules.accepts(this, cursor);
  }

  private void clear() {
    hasHeader = false;
    id = 0;
    flags = 0;
    questionCount = 0;
    answerCount = 0;
    authorityCount = 0;
    additionalCount = 0;
    extendedRcode = 0;
    hasEdns = false;
    udpSize = 0;
    trailingBytes = 0;
    addressCount = 0;
    hasAnswerOfType = false;
    question.clear();
  }

  private boolean readHeader() {
    if (!cursor.has(HEADER_LENGTH)) {
      return cursor.fail(Malformation.SHORT_HEADER, offset + cursor.remaining());
    }
    id = cursor.take16();
    flags = cursor.take16();
    questionCount = cursor.take16();
    answerCount = cursor.take16();
    authorityCount = cursor.take16();
    additionalCount = cursor.take16();
    hasHeader = true;
    return true;
  }

  private boolean walkQuestions() {
    for (int i = 0; i < questionCount; i++) {
      if (!cursor.nextQuestion()) {
        return false;
      }
      if (i == 0) {
        question.set(buffer, offset, cursor);
      }
    }
    return true;
  }

  private boolean walkAnswers() {
    int askedType = questionType();
    for (int i = 0; i < answerCount; i++) {
      if (!cursor.nextRecord() || !addAddress()) {
        return false;
      }
      hasAnswerOfType |= cursor.recordType() == askedType;
    }
    return true;
  }

  private boolean walkAuthority() {
    for (int i = 0; i < authorityCount; i++) {
      if (!cursor.nextRecord()) {
        return false;
      }
    }
    return true;
  }

  private boolean walkAdditional() {
    for (int i = 0; i < additionalCount; i++) {
      if (!cursor.nextRecord()) {
        return false;
      }
      if (cursor.recordType() == RecordType.OPT && !hasEdns) {
        hasEdns = true;
        udpSize = cursor.recordClass();
        extendedRcode = cursor.ttlHigh8();
      }
    }
    return true;
  }

  private boolean addAddress() {
    int type = cursor.recordType();
    if (type != RecordType.A && type != RecordType.AAAA) {
      return true;
    }
    if ((cursor.recordClass() & CLASS_MASK) != CLASS_IN) {
      return true;
    }
    if (cursor.dataLength() != (type == RecordType.A ? 4 : 16)) {
      return cursor.fail(Malformation.BAD_ADDRESS_LENGTH, cursor.dataStart());
    }
    if (addressCount == addressOffsets.length) {
      addressOffsets = Arrays.copyOf(addressOffsets, 2 * addressCount);
    }
    addressOffsets[addressCount++] = cursor.dataStart();
    return true;
  }
}

package dev.jig.dns;

/// Identifies DNS in payloads of any port. Messages in use pass; random bytes and other protocols
/// hardly ever do. The rules:
///
/// - the opcode and the response code are assigned, Z is clear; in queries RA and rcode are 0;
/// - the payload ends with the last section;
/// - there is at least one question, each of a known class (the QU bit is allowed) and a type other
///   than 0;
/// - records have a known class (the cache-flush bit is allowed) and a type other than 0; at most
///   one OPT, of the root, in the additional section;
/// - queries have answer and authority records only if their opcode or type allows it.
///
/// Multicast DNS (id 0, RD and RA clear) allows responses without question and queries with known
/// answers (RFC 6762 sections 6 and 7.1).
final class StrictRules {
  private static final int QUERY = 0;
  private static final int UNASSIGNED = 3;
  private static final int NOTIFY = 4;
  private static final int UPDATE = 5;
  private static final int MAX_OPCODE = 6;

  private static final int CLASS_CHAOS = 3;
  private static final int CLASS_HESIOD = 4;
  private static final int CLASS_NONE = 254;
  private static final int CLASS_ANY = 255;

  private StrictRules() {}

  /// For a well-formed message; the cursor must be the one that has read it.
  static boolean accepts(DnsMessage message, WireCursor cursor) {
    return message.trailingBytes() == 0
        && acceptsHeader(message)
        && (message.isResponse() ? acceptsResponse(message) : acceptsQuery(message))
        && acceptsQuestions(message, cursor)
        && acceptsRecords(message, cursor);
  }

  private static boolean acceptsHeader(DnsMessage message) {
    int opcode = message.opcode();
    return opcode <= MAX_OPCODE && opcode != UNASSIGNED && !message.z();
  }

  private static boolean acceptsResponse(DnsMessage message) {
    boolean counted =
        message.questionCount() > 0 || isMulticast(message) && message.answerCount() > 0;
    return counted && Rcode.isAssigned(message.rcode());
  }

  private static boolean acceptsQuery(DnsMessage message) {
    return message.questionCount() > 0
        && message.rcode() == 0
        && !message.ra()
        && (message.answerCount() == 0 || mayHaveAnswers(message))
        && (message.authorityCount() == 0 || mayHaveAuthority(message));
  }

  /// RFC 2136 section 2, RFC 1996 section 3.7.
  private static boolean mayHaveAnswers(DnsMessage query) {
    return query.opcode() == UPDATE || query.opcode() == NOTIFY || isMulticast(query);
  }

  /// RFC 2136 section 2, RFC 1995 section 3, RFC 6762 section 8.2 (probes).
  private static boolean mayHaveAuthority(DnsMessage query) {
    return query.opcode() == UPDATE
        || query.questionType() == RecordType.IXFR
        || isMulticast(query);
  }

  private static boolean isMulticast(DnsMessage message) {
    return message.id() == 0 && message.opcode() == QUERY && !message.rd() && !message.ra();
  }

  private static boolean acceptsQuestions(DnsMessage message, WireCursor cursor) {
    cursor.moveTo(DnsMessage.HEADER_LENGTH);
    for (int i = 0; i < message.questionCount(); i++) {
      cursor.nextQuestion();
      if (cursor.questionType() == 0 || !isKnownClass(cursor.questionClass())) {
        return false;
      }
      if (i == 0 && cursor.nameCompressed()) { // there is no earlier name
        return false;
      }
    }
    return true;
  }

  /// Continues where [#acceptsQuestions] left the cursor.
  private static boolean acceptsRecords(DnsMessage message, WireCursor cursor) {
    int beforeAdditional = message.answerCount() + message.authorityCount();
    boolean optSeen = false;
    for (int i = 0; i < beforeAdditional + message.additionalCount(); i++) {
      cursor.nextRecord();
      if (cursor.recordType() != RecordType.OPT) {
        if (cursor.recordType() == 0 || !isKnownClass(cursor.recordClass())) {
          return false;
        }
      } else if (i < beforeAdditional || optSeen || cursor.nameLength() > 1) {
        return false;
      } else {
        optSeen = true;
      }
    }
    return true;
  }

  private static boolean isKnownClass(int wireClass) {
    return switch (wireClass & DnsMessage.CLASS_MASK) {
      case DnsMessage.CLASS_IN, CLASS_CHAOS, CLASS_HESIOD, CLASS_NONE, CLASS_ANY -> true;
      default -> false;
    };
  }
}

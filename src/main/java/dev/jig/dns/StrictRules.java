package dev.jig.dns;

/// What a payload must keep to be taken for DNS without its port saying so. The rules are those of
/// messages in the wild, so that random bytes, and other protocols, hardly ever pass:
///
/// - opcode assigned, Z clear, response code assigned (and 0 in queries, which clear RA too);
/// - the sections end exactly where the payload ends;
/// - at least one question, each of a known class (the QU bit allowed) and a type other than 0;
/// - records of a known class (cache-flush bit allowed) and a type other than 0; at most one OPT,
///   of the root, among the additional ones;
/// - records in a query only where its opcode or type has them there.
///
/// Multicast DNS (id 0, not recursive) may send responses without question and queries with known
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

  /// Judges a well-formed message; the cursor is the one that has walked it.
  static boolean hold(DnsMessage message, WireCursor cursor) {
    return message.trailingBytes() == 0
        && headerHolds(message)
        && (message.isResponse() ? responseHolds(message) : queryHolds(message))
        && questionsHold(message, cursor)
        && recordsHold(message, cursor);
  }

  private static boolean headerHolds(DnsMessage message) {
    int opcode = message.opcode();
    return opcode <= MAX_OPCODE && opcode != UNASSIGNED && !message.z();
  }

  private static boolean responseHolds(DnsMessage message) {
    boolean counted =
        message.questionCount() > 0 || isMulticast(message) && message.answerCount() > 0;
    return counted && Rcode.isAssigned(message.rcode());
  }

  private static boolean queryHolds(DnsMessage message) {
    return message.questionCount() > 0
        && message.rcode() == 0
        && !message.ra()
        && (message.answerCount() == 0 || hasAnswers(message))
        && (message.authorityCount() == 0 || hasAuthority(message));
  }

  /// RFC 2136 section 2, RFC 1996 section 3.7.
  private static boolean hasAnswers(DnsMessage query) {
    return query.opcode() == UPDATE || query.opcode() == NOTIFY || isMulticast(query);
  }

  /// RFC 2136 section 2, RFC 1995 section 3, RFC 6762 section 8.2 (probes).
  private static boolean hasAuthority(DnsMessage query) {
    return query.opcode() == UPDATE
        || query.questionType() == RecordType.IXFR
        || isMulticast(query);
  }

  private static boolean isMulticast(DnsMessage message) {
    return message.id() == 0 && message.opcode() == QUERY && !message.rd() && !message.ra();
  }

  private static boolean questionsHold(DnsMessage message, WireCursor cursor) {
    cursor.rewind(DnsMessage.HEADER_LENGTH);
    for (int i = 0; i < message.questionCount(); i++) {
      cursor.nextQuestion();
      if (cursor.questionType() == 0 || !isKnownClass(cursor.questionClass())) {
        return false;
      }
      if (i == 0 && cursor.nameCompressed()) { // there is no earlier name to point to
        return false;
      }
    }
    return true;
  }

  /// Goes on where [#questionsHold] left the cursor.
  private static boolean recordsHold(DnsMessage message, WireCursor cursor) {
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

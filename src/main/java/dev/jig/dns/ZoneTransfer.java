package dev.jig.dns;

import org.jspecify.annotations.Nullable;

/// A zone transfer over TCP: one query, any number of response messages. Reads them to know which
/// is the last.
///
/// | what is sent | records of the answer sections, one after the other |
/// |---|---|
/// | AXFR (RFC 5936 section 2.2), IXFR as a whole zone | SOA new, all others, SOA new |
/// | IXFR (RFC 1995 section 4) | SOA new, (SOA old, deleted, SOA next, added) for each step, SOA new |
/// | IXFR to who has the newest | SOA new |
///
/// What comes with another rcode than NoError, or does not begin as one of these, is the last.
public final class ZoneTransfer {
  /// SERIAL and the four numbers after it, at the end of an SOA record's data.
  private static final int SOA_NUMBERS = 20;

  private static final long UNKNOWN = -1;
  private static final byte[] NOTHING = {};

  private final WireCursor cursor = new WireCursor();
  private final boolean incremental;

  /// The asker's, in an IXFR query's authority section.
  private final long knownSerial;

  private long serial = UNKNOWN;
  private long records;

  /// Whether changes are sent, not the whole zone.
  private boolean changes;

  /// How often an SOA record with the new serial came.
  private int seen;

  private ZoneTransfer(DnsMessage query) {
    incremental = query.questionType() == RecordType.IXFR;
    knownSerial = incremental ? serialAsked(query) : UNKNOWN;
  }

  /// The transfer that a query asks for; null if it asks for something else.
  public static @Nullable ZoneTransfer askedBy(DnsMessage query) {
    int type = query.questionType();
    boolean transfer =
        query.opcode() == Opcode.QUERY && (type == RecordType.AXFR || type == RecordType.IXFR);
    return transfer ? new ZoneTransfer(query) : null;
  }

  /// Takes the next response; returns whether it is the last.
  public boolean isLast(DnsMessage response) {
    boolean last = endsWith(response);
    cursor.start(NOTHING, 0, 0); // the buffer may be large, and the next message far
    return last;
  }

  private boolean endsWith(DnsMessage response) {
    if (response.rcode() != 0) {
      return true;
    }
    boolean first = records == 0;
    if (!toAnswers(response)) {
      return first;
    }
    boolean over = false;
    for (int i = 0; i < response.answerCount() && cursor.nextRecord(); i++) {
      over |= take();
    }
    return over || first && (serial == UNKNOWN || isNothingNew());
  }

  /// Whether a record ends the transfer.
  private boolean take() {
    records++;
    boolean soa = isSoa();
    if (records == 1) {
      serial = soa ? serialHere() : UNKNOWN;
      seen = 1;
      return false;
    }
    if (!soa || serial == UNKNOWN) {
      return false;
    }
    boolean newest = serialHere() == serial;
    if (records == 2) {
      changes = incremental && !newest;
    }
    seen += newest ? 1 : 0;
    // In changes the new one comes once more, before what the last step adds.
    return newest && seen == (changes ? 3 : 2);
  }

  /// A single SOA that is not newer than the asker's (RFC 1982: compared modulo 2^32).
  private boolean isNothingNew() {
    return incremental
        && records == 1
        && (knownSerial == UNKNOWN || (int) (serial - knownSerial) <= 0);
  }

  private boolean toAnswers(DnsMessage message) {
    cursor.start(message.buffer(), message.offset(), message.length());
    if (!cursor.has(DnsMessage.HEADER_LENGTH)) {
      return false;
    }
    cursor.rewind(DnsMessage.HEADER_LENGTH);
    for (int i = 0; i < message.questionCount(); i++) {
      if (!cursor.nextQuestion()) {
        return false;
      }
    }
    return true;
  }

  private long serialAsked(DnsMessage query) {
    boolean there = toAnswers(query);
    int before = query.answerCount() + 1;
    for (int i = 0; there && i < before; i++) {
      there = cursor.nextRecord();
    }
    return there && query.authorityCount() > 0 && isSoa() ? serialHere() : UNKNOWN;
  }

  private boolean isSoa() {
    return cursor.recordType() == RecordType.SOA && cursor.dataLength() >= SOA_NUMBERS + 2;
  }

  private long serialHere() {
    int at = cursor.dataStart() + cursor.dataLength() - SOA_NUMBERS;
    byte[] buffer = cursor.buffer();
    return (long) WireCursor.read16(buffer, at) << 16 | WireCursor.read16(buffer, at + 2);
  }
}

package dev.jig.dns;

import org.jspecify.annotations.Nullable;

/// A zone transfer over TCP: one query, any number of responses. Finds the last response.
///
/// | transfer | records of all answer sections |
/// |---|---|
/// | AXFR (RFC 5936 section 2.2), IXFR of the whole zone | SOA new, all others, SOA new |
/// | IXFR (RFC 1995 section 4) | SOA new, (SOA old, deleted, SOA next, added) for each step, SOA new |
/// | IXFR if the client is up to date | SOA new |
///
/// A response with an rcode other than NoError, or a first one without SOA, is the last.
public final class ZoneTransfer {
  /// The length of SERIAL and the four numbers after it, which end the SOA data.
  private static final int SOA_NUMBERS = 20;

  private static final long UNKNOWN = -1;
  private static final byte[] NO_BYTES = {};

  private final WireCursor cursor = new WireCursor();
  private final boolean incremental;

  /// The client's serial, from the authority section of an IXFR query.
  private final long clientSerial;

  private long serial = UNKNOWN;
  private long records;

  /// Whether the transfer is incremental, not the whole zone.
  private boolean changes;

  /// SOA records with the new serial so far.
  private int newSoas;

  private ZoneTransfer(DnsMessage query) {
    incremental = query.questionType() == RecordType.IXFR;
    clientSerial = incremental ? clientSerial(query) : UNKNOWN;
  }

  /// Null if the query is not for AXFR or IXFR.
  public static @Nullable ZoneTransfer requestedBy(DnsMessage query) {
    int type = query.questionType();
    boolean transfer =
        query.opcode() == Opcode.QUERY && (type == RecordType.AXFR || type == RecordType.IXFR);
    return transfer ? new ZoneTransfer(query) : null;
  }

  /// Returns whether this response is the last.
  public boolean onResponse(DnsMessage response) {
    boolean last = isLast(response);
    cursor.start(NO_BYTES, 0, 0); // releases the message's buffer
    return last;
  }

  private boolean isLast(DnsMessage response) {
    if (response.rcode() != 0) {
      return true;
    }
    boolean first = records == 0;
    if (!moveToAnswers(response)) {
      return first;
    }
    boolean last = false;
    for (int i = 0; i < response.answerCount() && cursor.nextRecord(); i++) {
      last |= onRecord();
    }
    return last || first && (serial == UNKNOWN || isUpToDate());
  }

  /// Returns whether the record ends the transfer.
  private boolean onRecord() {
    records++;
    boolean soa = isSoa();
    if (records == 1) {
      serial = soa ? soaSerial() : UNKNOWN;
      newSoas = 1;
      return false;
    }
    if (!soa || serial == UNKNOWN) {
      return false;
    }
    boolean newest = soaSerial() == serial;
    if (records == 2) {
      changes = incremental && !newest;
    }
    newSoas += newest ? 1 : 0;
    // The last step of an incremental transfer has the new SOA before the added records.
    return newest && newSoas == (changes ? 3 : 2);
  }

  /// A single SOA that is not newer than the client's (serial arithmetic, RFC 1982).
  private boolean isUpToDate() {
    return incremental
        && records == 1
        && (clientSerial == UNKNOWN || (int) (serial - clientSerial) <= 0);
  }

  private boolean moveToAnswers(DnsMessage message) {
    cursor.start(message.buffer(), message.offset(), message.length());
    if (!cursor.has(DnsMessage.HEADER_LENGTH)) {
      return false;
    }
    cursor.moveTo(DnsMessage.HEADER_LENGTH);
    for (int i = 0; i < message.questionCount(); i++) {
      if (!cursor.nextQuestion()) {
        return false;
      }
    }
    return true;
  }

  private long clientSerial(DnsMessage query) {
    boolean found = moveToAnswers(query);
    int firstAuthority = query.answerCount() + 1;
    for (int i = 0; found && i < firstAuthority; i++) {
      found = cursor.nextRecord();
    }
    return found && query.authorityCount() > 0 && isSoa() ? soaSerial() : UNKNOWN;
  }

  private boolean isSoa() {
    return cursor.recordType() == RecordType.SOA && cursor.dataLength() >= SOA_NUMBERS + 2;
  }

  private long soaSerial() {
    int at = cursor.dataStart() + cursor.dataLength() - SOA_NUMBERS;
    byte[] buffer = cursor.buffer();
    return (long) WireCursor.read16(buffer, at) << 16 | WireCursor.read16(buffer, at + 2);
  }
}

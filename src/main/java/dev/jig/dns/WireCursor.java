package dev.jig.dns;

import org.jspecify.annotations.Nullable;

/// Walks a message front to back, a question or record at a time; it checks every read against the
/// message's end and stops at the first damage. A compressed name (RFC 1035 section 4.1.4) costs at
/// most 127 labels and 127 jumps: each pointer must lead before the piece of name that it ends, so
/// loops cannot be built.
///
/// ```
///   question  name | type 2 | class 2
///   record    name | type 2 | class 2 | ttl 4 | length 2 | data
/// ```
final class WireCursor {
  static final int MAX_NAME_LENGTH = 255;
  private static final int MAX_LABEL_LENGTH = 63;
  private static final int MAX_POINTERS = 127;
  private static final int POINTER = 0xc0;
  private static final int QUESTION_FIXED_LENGTH = 4;
  private static final int RECORD_FIXED_LENGTH = 10;

  private byte[] buffer = {};
  private int start;
  private int end;
  private int position;
  private @Nullable Malformation malformation;
  private int malformedAt;

  private int nameStart;
  private int nameLength;
  private boolean nameCompressed;
  private int dataStart;
  private int dataLength;

  /// The first name of the message: nearly all pointers lead to it, and it is checked but once.
  private int firstNameStart;

  private int firstNameLength;

  /// Takes up a message; the slice must lie within the buffer.
  void start(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    start = offset;
    end = offset + length;
    position = offset;
    malformation = null;
    malformedAt = 0;
    firstNameStart = -1;
  }

  /// Goes on at a place of the same message, as if nothing had been read.
  void rewind(int messageOffset) {
    start(buffer, start, end - start);
    position = start + messageOffset;
  }

  /// Whether this many bytes are left.
  boolean has(int bytes) {
    return end - position >= bytes;
  }

  int remaining() {
    return end - position;
  }

  /// The next 16 bits; the caller has asked whether they are there.
  int take16() {
    int value = read16(buffer, position);
    position += 2;
    return value;
  }

  /// Steps over a question and leaves its name, type and class to be read; false on damage.
  boolean nextQuestion() {
    if (position == end) {
      return damaged(Malformation.QUESTION_MISSING, position);
    }
    if (!skipName()) {
      return false;
    }
    if (!has(QUESTION_FIXED_LENGTH)) {
      return damaged(Malformation.QUESTION_PAST_END, position);
    }
    dataStart = position + QUESTION_FIXED_LENGTH;
    position = dataStart;
    return true;
  }

  int questionType() {
    return read16(buffer, dataStart - 4);
  }

  int questionClass() {
    return read16(buffer, dataStart - 2);
  }

  /// Checks the name at a place in the buffer, where reading then goes on behind it; false on
  /// damage.
  boolean nameAt(int at) {
    position = at;
    return skipName();
  }

  byte[] buffer() {
    return buffer;
  }

  /// Where in the buffer reading goes on.
  int position() {
    return position;
  }

  /// Steps over a record and leaves its parts to be read; false on damage.
  boolean nextRecord() {
    if (position == end) {
      return damaged(Malformation.RECORD_MISSING, position);
    }
    if (!skipName()) {
      return false;
    }
    if (!has(RECORD_FIXED_LENGTH)) {
      return damaged(Malformation.RECORD_PAST_END, position);
    }
    dataStart = position + RECORD_FIXED_LENGTH;
    dataLength = read16(buffer, dataStart - 2);
    if (dataLength > end - dataStart) {
      return damaged(Malformation.DATA_PAST_END, dataStart);
    }
    position = dataStart + dataLength;
    return true;
  }

  int recordType() {
    return read16(buffer, dataStart - 10);
  }

  int recordClass() {
    return read16(buffer, dataStart - 8);
  }

  /// 32 bits, unsigned.
  long ttl() {
    return (long) read16(buffer, dataStart - 6) << 16 | read16(buffer, dataStart - 4);
  }

  /// The upper 8 of the TTL's 32 bits: the extended rcode of an OPT record.
  int ttlHigh8() {
    return buffer[dataStart - 6] & 0xff;
  }

  /// Where in the buffer the record's data begin.
  int dataStart() {
    return dataStart;
  }

  int dataLength() {
    return dataLength;
  }

  /// Where in the buffer the name of this question or record begins.
  int nameStart() {
    return nameStart;
  }

  /// Bytes of the name when uncompressed, its root label included.
  int nameLength() {
    return nameLength;
  }

  boolean nameCompressed() {
    return nameCompressed;
  }

  @Nullable Malformation malformation() {
    return malformation;
  }

  /// Byte offset within the message.
  int malformedAt() {
    return malformedAt;
  }

  /// Notes the damage and where in the buffer it is; returns false for the caller to pass on.
  boolean damaged(Malformation reason, int at) {
    malformation = reason;
    malformedAt = at - start;
    return false;
  }

  private boolean skipName() {
    nameStart = position;
    nameLength = 1; // the root label
    int at = skipLabels(position);
    if (at < 0) {
      return false;
    }
    nameCompressed = buffer[at] != 0;
    position = nameCompressed ? at + 2 : at + 1;
    if (nameCompressed && !followPointers(at)) {
      return false;
    }
    if (firstNameStart < 0) {
      firstNameStart = nameStart;
      firstNameLength = nameLength;
    }
    return true;
  }

  /// Reads on where the pointer at `at` leads, to the end of the name.
  private boolean followPointers(int at) {
    int floor = nameStart;
    for (int pointers = 0; pointers < MAX_POINTERS; pointers++) {
      if (at + 1 >= end) {
        return damaged(Malformation.NAME_PAST_END, at);
      }
      int target = pointerTarget(buffer, start, at);
      if (target >= floor) {
        return damaged(target > at ? Malformation.POINTER_FORWARD : Malformation.POINTER_LOOP, at);
      }
      if (target == firstNameStart) {
        nameLength += firstNameLength - 1;
        return nameLength <= MAX_NAME_LENGTH || damaged(Malformation.NAME_TOO_LONG, nameStart);
      }
      floor = target;
      at = skipLabels(target);
      if (at < 0 || buffer[at] == 0) {
        return at >= 0;
      }
    }
    return damaged(Malformation.TOO_MANY_POINTERS, nameStart);
  }

  /// Adds the labels from `at` on to the name's length; returns where the root label or a pointer
  /// stands, negative on damage.
  private int skipLabels(int at) {
    int length = nameLength;
    while (at < end) {
      int label = buffer[at] & 0xff;
      if (label == 0 || label >= POINTER) {
        nameLength = length;
        return at;
      }
      length += label + 1;
      if (label > MAX_LABEL_LENGTH) {
        damaged(Malformation.BAD_LABEL_TYPE, at);
        return -1;
      }
      if (length > MAX_NAME_LENGTH) {
        damaged(Malformation.NAME_TOO_LONG, nameStart);
        return -1;
      }
      at += label + 1;
    }
    damaged(Malformation.NAME_PAST_END, nameStart);
    return -1;
  }

  /// Whether the byte that stands where a label begins begins a pointer.
  static boolean isPointer(int labelByte) {
    return labelByte >= POINTER;
  }

  /// Where in the buffer the pointer at `at` leads.
  static int pointerTarget(byte[] buffer, int messageStart, int at) {
    return messageStart + (read16(buffer, at) & 0x3fff);
  }

  static int read16(byte[] buffer, int at) {
    return (buffer[at] & 0xff) << 8 | buffer[at + 1] & 0xff;
  }
}

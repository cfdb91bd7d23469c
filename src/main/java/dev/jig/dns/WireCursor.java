package dev.jig.dns;

import org.jspecify.annotations.Nullable;

/// Reads a message front to back, a question or record at a time. Every read is checked against the
/// message's end; the first damage ends it. A compressed name (RFC 1035 section 4.1.4) has at most
/// 127 labels and 127 pointers. A pointer must lead before the part of the name that it ends, so
/// that there are no loops.
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

  /// The first name of the message: nearly all pointers lead to it, and it is checked once.
  private int firstNameStart;

  private int firstNameLength;

  /// Starts a message; the slice must lie within the buffer.
  void start(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    start = offset;
    end = offset + length;
    position = offset;
    malformation = null;
    malformedAt = 0;
    firstNameStart = -1;
  }

  /// Restarts the same message at an offset.
  void moveTo(int messageOffset) {
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

  /// The next 16 bits, after [#has].
  int take16() {
    int value = read16(buffer, position);
    position += 2;
    return value;
  }

  /// Moves past a question; its name, type and class can then be read. False on damage.
  boolean nextQuestion() {
    if (position == end) {
      return fail(Malformation.QUESTION_MISSING, position);
    }
    if (!skipName()) {
      return false;
    }
    if (!has(QUESTION_FIXED_LENGTH)) {
      return fail(Malformation.QUESTION_PAST_END, position);
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

  /// Moves past the name at an offset in the buffer; false on damage.
  boolean skipNameAt(int at) {
    position = at;
    return skipName();
  }

  byte[] buffer() {
    return buffer;
  }

  /// The offset in the buffer of the next read.
  int position() {
    return position;
  }

  /// Moves past a record; its parts can then be read. False on damage.
  boolean nextRecord() {
    if (position == end) {
      return fail(Malformation.RECORD_MISSING, position);
    }
    if (!skipName()) {
      return false;
    }
    if (!has(RECORD_FIXED_LENGTH)) {
      return fail(Malformation.RECORD_PAST_END, position);
    }
    dataStart = position + RECORD_FIXED_LENGTH;
    dataLength = read16(buffer, dataStart - 2);
    if (dataLength > end - dataStart) {
      return fail(Malformation.DATA_PAST_END, dataStart);
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

  /// The offset in the buffer of the record's data.
  int dataStart() {
    return dataStart;
  }

  int dataLength() {
    return dataLength;
  }

  /// The offset in the buffer of the name of this question or record.
  int nameStart() {
    return nameStart;
  }

  /// The length of the uncompressed name, with its root label.
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

  /// Records the damage and its offset in the buffer; returns false, for the caller to return.
  boolean fail(Malformation reason, int at) {
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

  /// Follows the pointer at `at` to the end of the name.
  private boolean followPointers(int at) {
    int floor = nameStart;
    for (int pointers = 0; pointers < MAX_POINTERS; pointers++) {
      if (at + 1 >= end) {
        return fail(Malformation.NAME_PAST_END, at);
      }
      int target = pointerTarget(buffer, start, at);
      if (target >= floor) {
        return fail(target > at ? Malformation.POINTER_FORWARD : Malformation.POINTER_LOOP, at);
      }
      if (target == firstNameStart) {
        nameLength += firstNameLength - 1;
        return nameLength <= MAX_NAME_LENGTH || fail(Malformation.NAME_TOO_LONG, nameStart);
      }
      floor = target;
      at = skipLabels(target);
      if (at < 0 || buffer[at] == 0) {
        return at >= 0;
      }
    }
    return fail(Malformation.TOO_MANY_POINTERS, nameStart);
  }

  /// Adds the labels from `at` on to the name's length; returns the offset of the root label or a
  /// pointer, negative on damage.
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
        fail(Malformation.BAD_LABEL_TYPE, at);
        return -1;
      }
      if (length > MAX_NAME_LENGTH) {
        fail(Malformation.NAME_TOO_LONG, nameStart);
        return -1;
      }
      at += label + 1;
    }
    fail(Malformation.NAME_PAST_END, nameStart);
    return -1;
  }

  /// Whether a label's first byte is that of a pointer.
  static boolean isPointer(int labelByte) {
    return labelByte >= POINTER;
  }

  /// The offset in the buffer to which the pointer at `at` leads.
  static int pointerTarget(byte[] buffer, int messageStart, int at) {
    return messageStart + (read16(buffer, at) & 0x3fff);
  }

  static int read16(byte[] buffer, int at) {
    return (buffer[at] & 0xff) << 8 | buffer[at + 1] & 0xff;
  }
}

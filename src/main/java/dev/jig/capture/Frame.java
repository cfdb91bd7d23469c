package dev.jig.capture;

import dev.jig.pcap.CapturedPacket;

/// A frame while its headers are parsed, with the ends of the captured bytes and of the bytes on
/// the wire. Each header's length moves both: the bytes on the wire end where the header says, also
/// beyond what the capture says, since a frame may be cut before it is captured.
final class Frame {
  private static final int WIRE_LIMIT = 1 << 30;

  byte[] bytes = {};

  /// Start of the next header.
  int offset;

  private int capturedEnd;
  private int wireEnd;

  void reset(CapturedPacket packet) {
    bytes = packet.bytes();
    offset = packet.offset();
    capturedEnd = offset + packet.length();
    wireEnd = offset + Math.clamp(packet.originalLength(), packet.length(), WIRE_LIMIT);
  }

  /// Continues with a payload that was reassembled from fragments.
  void reset(byte[] reassembled, int length) {
    bytes = reassembled;
    offset = 0;
    capturedEnd = length;
    wireEnd = length;
  }

  /// Continues with the begin of a payload of which fragments are missing.
  void resetCut(byte[] begin, int length) {
    reset(begin, length);
    wireEnd = WIRE_LIMIT;
  }

  /// Whether `length` bytes from the next header's begin were captured; if not, whether the capture
  /// is at fault or the frame.
  ParseResult need(int length) {
    if (length <= capturedEnd - offset) {
      return ParseResult.OK;
    }
    return length <= wireEnd - offset ? ParseResult.TRUNCATED : ParseResult.BAD_HEADER;
  }

  /// Ends the frame `length` bytes behind the start of the next header, which removes Ethernet
  /// padding.
  void limit(int length) {
    wireEnd = offset + length;
    capturedEnd = Math.min(capturedEnd, wireEnd);
  }

  /// Bytes on the wire from the next header on.
  int wireLength() {
    return wireEnd - offset;
  }

  /// Captured bytes from the next header on.
  int capturedLength() {
    return capturedEnd - offset;
  }

  int u8(int at) {
    return bytes[offset + at] & 0xff;
  }

  /// Network byte order.
  int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }

  /// Network byte order.
  int i32(int at) {
    return u16(at) << 16 | u16(at + 2);
  }
}

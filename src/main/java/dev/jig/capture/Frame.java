package dev.jig.capture;

import dev.jig.pcap.CapturedPacket;

/// The bytes of one frame as headers are walked: how far they were captured, how far they reached
/// on the wire. Both ends only ever move inwards, as each header tells the length of its payload.
final class Frame {
  private static final int WIRE_LIMIT = 1 << 30;

  byte[] bytes = {};

  /// Where the next header begins.
  int offset;

  private int capturedEnd;
  private int wireEnd;

  void reset(CapturedPacket packet) {
    bytes = packet.bytes();
    offset = packet.offset();
    capturedEnd = offset + packet.length();
    wireEnd = offset + Math.clamp(packet.originalLength(), packet.length(), WIRE_LIMIT);
  }

  /// Another frame's payload, put together from fragments.
  void reset(byte[] whole, int length) {
    bytes = whole;
    offset = 0;
    capturedEnd = length;
    wireEnd = length;
  }

  /// Whether `length` bytes from the next header's begin were captured; if not, whether the capture
  /// is at fault or the frame.
  ParseResult need(int length) {
    if (length <= capturedEnd - offset) {
      return ParseResult.OK;
    }
    return length <= wireEnd - offset ? ParseResult.TRUNCATED : ParseResult.BAD_HEADER;
  }

  /// Cuts what follows `length` bytes from the next header's begin, such as Ethernet's padding;
  /// false if the frame on the wire was shorter than that.
  boolean limit(int length) {
    if (length > wireEnd - offset) {
      return false;
    }
    wireEnd = offset + length;
    capturedEnd = Math.min(capturedEnd, wireEnd);
    return true;
  }

  /// Bytes the frame had on the wire from here on.
  int wireLength() {
    return wireEnd - offset;
  }

  int u8(int at) {
    return bytes[offset + at] & 0xff;
  }

  /// Network order.
  int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }

  /// Network order.
  int i32(int at) {
    return u16(at) << 16 | u16(at + 2);
  }
}

package dev.jig.pcap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A packet of a capture file, or a custom or statistics block, which has no frame. Mutable and
/// reused by the reader: valid until its next read, copy what is kept.
public final class CapturedPacket {
  int linkType;
  long timeNs;
  byte[] bytes = new byte[2048];
  int offset;
  int length;
  long originalLength;
  int optionsOffset;
  int optionsEnd;
  Endian endian = Endian.LITTLE;
  boolean hasFrame = true;

  /// The LINKTYPE_ number of the frame (tcpdump.org/linktypes.html).
  public int linkType() {
    return linkType;
  }

  /// Nanoseconds since the epoch. A pcapng Simple Packet Block has no timestamp: its time is that
  /// of the packet before, 0 if there is none.
  public long timeNs() {
    return timeNs;
  }

  /// The buffer with the frame at [#offset].
  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  /// Captured bytes.
  public int length() {
    return length;
  }

  /// Bytes of the frame on the wire: more than [#length] if it was truncated.
  public long originalLength() {
    return originalLength;
  }

  /// Copies of the pcapng options in order; empty for classic pcap. The list ends before an option
  /// that exceeds the block; the packet is valid nevertheless.
  public List<CaptureOption> options() {
    List<CaptureOption> options = new ArrayList<>();
    OptionCursor cursor = new OptionCursor(bytes, optionsOffset, optionsEnd, endian);
    while (cursor.next()) {
      options.add(cursor.option());
    }
    return options;
  }

  /// A copy of the [CustomBytes] among the options; null if there are none.
  public byte @Nullable [] customBytes() {
    return optionsOffset == optionsEnd
        ? null
        : CustomBytes.find(new OptionCursor(bytes, optionsOffset, optionsEnd, endian));
  }

  /// True for a packet. False for a custom block with [#customBytes], and for statistics, which may
  /// change [CaptureReader#dropped]; their time is that of the packet before.
  public boolean hasFrame() {
    return hasFrame;
  }

  /// Ensures a buffer of `capacity` bytes; its contents are lost.
  void reserve(int capacity) {
    if (bytes.length < capacity) {
      bytes = new byte[Math.max(capacity, bytes.length * 2)];
    }
  }
}

package dev.jig.pcap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A packet of a capture file, or a custom or statistics block, which has no frame. Mutable and
/// reused by the reader: valid until its next read, copy what is kept.
public final class CapturedPacket {
  int linkType;
  int interfaceId;
  long timeNs;
  long orderNs;
  byte[] bytes;
  int offset;
  int length;
  long originalLength;
  int optionsOffset;
  int optionsEnd;
  Endian endian = Endian.LITTLE;
  boolean hasFrame = true;

  public CapturedPacket() {
    bytes = new byte[2048];
  }

  /// Shares the buffer.
  private CapturedPacket(CapturedPacket from) {
    bytes = from.bytes;
    set(from);
  }

  /// The LINKTYPE_ number of the frame (tcpdump.org/linktypes.html).
  public int linkType() {
    return linkType;
  }

  /// The number of the interface that captured it, in its section of the file; 0 in classic pcap.
  public int interfaceId() {
    return interfaceId;
  }

  /// Nanoseconds since the epoch. A pcapng Simple Packet Block has no timestamp: its time is that
  /// of the packet before, 0 if there is none.
  public long timeNs() {
    return timeNs;
  }

  /// As [#timeNs], but never earlier than that of the packet before; set by [TimeOrderedReader].
  public long orderNs() {
    return orderNs;
  }

  /// Exchanges all contents.
  void swap(CapturedPacket other) {
    CapturedPacket copy = new CapturedPacket(this);
    set(other);
    other.set(copy);
  }

  private void set(CapturedPacket from) {
    linkType = from.linkType;
    interfaceId = from.interfaceId;
    timeNs = from.timeNs;
    orderNs = from.orderNs;
    bytes = from.bytes;
    offset = from.offset;
    length = from.length;
    originalLength = from.originalLength;
    optionsOffset = from.optionsOffset;
    optionsEnd = from.optionsEnd;
    endian = from.endian;
    hasFrame = from.hasFrame;
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

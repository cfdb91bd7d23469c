package dev.jig.pcap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One packet of a capture file, or a remark that stands for none: a mutable flyweight that the
/// reader refills, valid until its next step. What outlives that must be copied.
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
  boolean remark;

  /// The LINKTYPE_ number of the frame's first header, as registered at tcpdump.org.
  public int linkType() {
    return linkType;
  }

  /// Nanoseconds since the epoch. A pcapng simple packet has no time of its own: it has that of the
  /// packet before it, 0 if there is none, so that a file's clock does not fall back to 1970.
  public long timeNs() {
    return timeNs;
  }

  /// The buffer that holds the frame at [#offset].
  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  /// Bytes captured.
  public int length() {
    return length;
  }

  /// Bytes the frame had on the wire: more than [#length] if the capture cut it.
  public long originalLength() {
    return originalLength;
  }

  /// The packet's pcapng options in their order, copied; empty for classic pcap. The packet is
  /// sound even if an option's length lies: the list then ends before that option.
  public List<CaptureOption> options() {
    List<CaptureOption> options = new ArrayList<>();
    OptionCursor cursor = new OptionCursor(bytes, optionsOffset, optionsEnd, endian);
    while (cursor.next()) {
      options.add(cursor.option());
    }
    return options;
  }

  /// What this program has noted beside it, or may have: see [CustomText]. Null if there is nothing.
  public @Nullable String customText() {
    return optionsOffset == optionsEnd ? null : CustomText.find(options());
  }

  /// Whether this is no packet but a custom block with a [#customText], or statistics, after which
  /// [CaptureReader#dropped] may be more: there is no frame then, and the time is that of the
  /// packet before.
  public boolean isRemark() {
    return remark;
  }

  /// Makes room for `capacity` bytes; what was in the buffer is lost.
  void reserve(int capacity) {
    if (bytes.length < capacity) {
      bytes = new byte[Math.max(capacity, bytes.length * 2)];
    }
  }
}

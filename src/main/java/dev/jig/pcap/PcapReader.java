package dev.jig.pcap;

import java.io.IOException;

/// Reads the classic pcap format (draft-ietf-opsawg-pcap).
///
/// ```
/// file    0      4       6       8       12      16       20      24
///         | magic| major | minor | zone  | 0     | snaplen| link  | records …
/// record  0      4       8       12      16
///         | s    | ns/µs | caplen| origl.| frame …
/// ```
final class PcapReader implements CaptureReader {
  static final int MICROSECONDS = 0xa1b2c3d4;
  static final int NANOSECONDS = 0xa1b23c4d;
  static final int MICROSECONDS_SWAPPED = 0xd4c3b2a1;
  static final int NANOSECONDS_SWAPPED = 0x4d3cb2a1;

  private static final int HEADER_LENGTH = 24;
  private static final int MAJOR_OFFSET = 4;
  private static final int SNAPLEN_OFFSET = 16;
  private static final int LINK_OFFSET = 20;
  private static final int MAJOR = 2;

  /// The upper half of the link field has flags about the frame check sequence.
  private static final int LINK_MASK = 0xffff;

  private static final int RECORD_HEADER_LENGTH = 16;
  private static final int FRACTION_OFFSET = 4;
  private static final int CAPTURED_OFFSET = 8;
  private static final int ORIGINAL_OFFSET = 12;

  /// Some writers exceed the file's snapshot length; frames up to this length are accepted.
  private static final long MIN_LIMIT = 262_144;

  private static final long NS_PER_SECOND = 1_000_000_000L;

  private final ByteSource source;
  private final Endian endian;
  private final int nsPerFraction;
  private final int linkType;
  private final long limit;
  private final byte[] header = new byte[HEADER_LENGTH];

  /// Reads the file header.
  ///
  /// @param endian by the header's magic
  /// @param nsPerFraction nanoseconds per unit of the second timestamp field, by the header's magic
  PcapReader(ByteSource source, Endian endian, int nsPerFraction) throws IOException {
    this.source = source;
    this.endian = endian;
    this.nsPerFraction = nsPerFraction;
    source.readFully(header, 0, HEADER_LENGTH, "pcap file header", 0);
    int major = endian.u16(header, MAJOR_OFFSET);
    if (major != MAJOR) {
      throw source.formatError(
          MAJOR_OFFSET, "pcap version " + major + " is not known, only " + MAJOR);
    }
    long snaplen = endian.u32(header, SNAPLEN_OFFSET);
    this.limit = Math.clamp(snaplen, MIN_LIMIT, PcapngBlock.MAX_BODY);
    this.linkType = endian.i32(header, LINK_OFFSET) & LINK_MASK;
  }

  @Override
  public boolean next(CapturedPacket into) throws IOException {
    long begin = source.offset();
    int read = source.read(header, 0, RECORD_HEADER_LENGTH);
    if (read == 0) {
      return false;
    }
    source.readFully(header, read, RECORD_HEADER_LENGTH - read, "packet header", begin);
    long captured = endian.u32(header, CAPTURED_OFFSET);
    if (captured > limit) {
      throw source.formatError(
          begin,
          "a packet of " + captured + " captured bytes, more than the " + limit + " allowed");
    }
    int length = (int) captured;
    into.reserve(length);
    source.readFully(into.bytes, 0, length, "packet", begin);
    into.linkType = linkType;
    into.interfaceId = 0;
    into.timeNs =
        endian.u32(header, 0) * NS_PER_SECOND + endian.u32(header, FRACTION_OFFSET) * nsPerFraction;
    into.offset = 0;
    into.length = length;
    into.originalLength = endian.u32(header, ORIGINAL_OFFSET);
    into.optionsOffset = 0;
    into.optionsEnd = 0;
    return true;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}

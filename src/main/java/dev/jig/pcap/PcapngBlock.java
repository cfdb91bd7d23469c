package dev.jig.pcap;

import java.io.IOException;

/// Iterates over the blocks of a pcapng file (draft-ietf-opsawg-pcapng) and checks their lengths.
///
/// ```
///  0       4       8                   length - 4   length
///  +-------+-------+-------------------+-------+
///  | type  | length| body              | length|
///  +-------+-------+-------------------+-------+
/// ```
///
/// The length is in the section's byte order, which is in the first 4 bytes of a section header's
/// body.
final class PcapngBlock {
  static final int SECTION_HEADER = 0x0a0d0d0a;

  /// A custom block that tools may copy when they rewrite the file.
  static final int CUSTOM = 0xbad;

  /// The longest body that is read into memory, 16 MiB: far above any frame.
  static final int MAX_BODY = 16 * 1024 * 1024;

  private static final int MAGIC_BIG = 0x1a2b3c4d;
  private static final int MAGIC_LITTLE = 0x4d3c2b1a;
  private static final int HEADER_LENGTH = 8;
  private static final int TRAILER_LENGTH = 4;
  private static final int ORDER_LENGTH = 4;

  private final ByteSource source;
  private final byte[] header = new byte[HEADER_LENGTH + ORDER_LENGTH];
  private final byte[] trailer = new byte[TRAILER_LENGTH];
  private Endian endian = Endian.LITTLE;
  private long begin;
  private int type;
  private long length;
  private int consumed;

  PcapngBlock(ByteSource source) {
    this.source = source;
  }

  /// Moves to the next block; false at the end of the file.
  boolean next() throws IOException {
    begin = source.offset();
    int read = source.read(header, 0, HEADER_LENGTH);
    if (read == 0) {
      return false;
    }
    readHead(read);
    return true;
  }

  int type() {
    return type;
  }

  /// The body's length, without a section header's byte-order magic.
  long bodyLength() {
    return length - consumed - TRAILER_LENGTH;
  }

  /// The byte order of the block's section.
  Endian endian() {
    return endian;
  }

  /// Copies the body, and checks the length at the block's end.
  void readBody(byte[] into) throws IOException {
    source.readFully(into, 0, (int) bodyLength(), "block", begin);
    checkTrailer();
  }

  /// Skips the body, and checks the length at the block's end.
  void skipBody() throws IOException {
    source.skip(bodyLength(), "block", begin);
    checkTrailer();
  }

  /// An exception about this block.
  CaptureFormatException formatError(String sentence) {
    return source.formatError(begin, sentence);
  }

  private void readHead(int bytesRead) throws IOException {
    source.readFully(header, bytesRead, HEADER_LENGTH - bytesRead, "block header", begin);
    consumed = HEADER_LENGTH;
    if (Endian.BIG.i32(header, 0) == SECTION_HEADER) {
      source.readFully(header, HEADER_LENGTH, ORDER_LENGTH, "section header", begin);
      consumed += ORDER_LENGTH;
      endian = order(Endian.BIG.i32(header, HEADER_LENGTH));
    }
    type = endian.i32(header, 0);
    length = endian.u32(header, 4);
    if (length % 4 != 0 || bodyLength() < 0) {
      throw formatError("a block that gives its length as " + length + ", which no block has");
    }
  }

  private Endian order(int magic) throws CaptureFormatException {
    return switch (magic) {
      case MAGIC_BIG -> Endian.BIG;
      case MAGIC_LITTLE -> Endian.LITTLE;
      default ->
          throw formatError(
              "a section header with byte-order magic %08x instead of %08x"
                  .formatted(magic, MAGIC_BIG));
    };
  }

  private void checkTrailer() throws IOException {
    source.readFully(trailer, 0, TRAILER_LENGTH, "block", begin);
    long repeated = endian.u32(trailer, 0);
    if (repeated != length) {
      throw formatError(
          "a block that gives its length as "
              + length
              + " at its start, "
              + repeated
              + " at its end");
    }
  }
}

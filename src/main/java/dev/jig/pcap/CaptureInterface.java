package dev.jig.pcap;

/// A pcapng Interface Description Block.
///
/// @param snaplen the most bytes captured of a frame, 0: no limit
/// @param offsetSeconds added to every timestamp
record CaptureInterface(
    int linkType, long snaplen, TimestampResolution resolution, long offsetSeconds) {
  /// The fixed part: link type 2, reserved 2, snapshot length 4; then options.
  static final int FIXED_LENGTH = 8;

  private static final int SNAPLEN_OFFSET = 4;
  private static final int IF_TSRESOL = 9;
  private static final int IF_TSRESOL_LENGTH = 1;
  private static final int IF_TSOFFSET = 14;
  private static final int IF_TSOFFSET_LENGTH = 8;

  /// Reads the body of `block`.
  ///
  /// @throws CaptureFormatException if an option is damaged: timestamps depend on them
  static CaptureInterface read(PcapngBlock block, byte[] body) throws CaptureFormatException {
    Endian endian = block.endian();
    TimestampResolution resolution = TimestampResolution.MICROSECONDS;
    long offsetSeconds = 0;
    OptionCursor option = new OptionCursor(body, FIXED_LENGTH, (int) block.bodyLength(), endian);
    while (option.next()) {
      switch (option.code()) {
        case IF_TSRESOL -> {
          checkLength(block, option, "if_tsresol", IF_TSRESOL_LENGTH);
          resolution = new TimestampResolution(body[option.valueOffset()] & 0xff);
        }
        case IF_TSOFFSET -> {
          checkLength(block, option, "if_tsoffset", IF_TSOFFSET_LENGTH);
          offsetSeconds = endian.i64(body, option.valueOffset());
        }
        default -> {} // name, addresses, filter etc. do not affect packets
      }
    }
    if (option.isDamaged()) {
      throw block.formatError("an interface description with an option longer than the block");
    }
    return new CaptureInterface(
        endian.u16(body, 0), endian.u32(body, SNAPLEN_OFFSET), resolution, offsetSeconds);
  }

  long timeNs(long ticks) {
    return resolution.toNs(ticks, offsetSeconds);
  }

  /// The captured length of a frame, for blocks with the length on the wire only.
  long captured(long originalLength) {
    return snaplen == 0 ? originalLength : Math.min(originalLength, snaplen);
  }

  private static void checkLength(PcapngBlock block, OptionCursor option, String name, int expected)
      throws CaptureFormatException {
    if (option.valueLength() != expected) {
      throw block.formatError(
          "an interface description with a %s of %d bytes instead of %d"
              .formatted(name, option.valueLength(), expected));
    }
  }
}

package dev.jig.pcap;

import org.jspecify.annotations.Nullable;

/// Bytes in a custom option (draft-ietf-opsawg-pcapng section 3.5.1), which this program reads back
/// and other tools copy when they rewrite the file.
///
/// The Private Enterprise Number is the one for documentation (RFC 5612). Other programs may use
/// it, too, so the reader must validate the bytes.
public final class CustomBytes {
  /// The Private Enterprise Number ahead of the bytes.
  static final int ENTERPRISE_NUMBER = 32_473;

  /// The most bytes: an option's 16-bit length includes the number.
  public static final int MAX_LENGTH = 0xffff - Integer.BYTES;

  /// The longest custom or statistics block that is read, in bytes.
  static final int MAX_BLOCK_LENGTH = 4 * 0xffff;

  private CustomBytes() {}

  /// Copies the first bytes with this program's number; null if there are none.
  static byte @Nullable [] find(OptionCursor options) {
    while (options.next()) {
      if (options.code() == CaptureOption.CUSTOM_BYTES
          && options.valueLength() >= Integer.BYTES
          && options.i32(0) == ENTERPRISE_NUMBER) {
        return options.copyValue(Integer.BYTES);
      }
    }
    return null;
  }
}

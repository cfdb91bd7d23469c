package dev.jig.pcap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// An option of a pcapng block.
///
/// @param code the option's number; those below are valid in every block
/// @param value read-only, without padding, in the byte order of the option's section; that of a
///   custom option starts with a 32-bit Private Enterprise Number
public record CaptureOption(int code, ByteBuffer value) {
  public static final int COMMENT = 1;

  /// Custom options with text or bytes, which tools that rewrite the file may copy or not.
  public static final int CUSTOM_TEXT = 2988;

  public static final int CUSTOM_BYTES = 2989;
  public static final int CUSTOM_TEXT_NOT_COPIED = 19372;
  public static final int CUSTOM_BYTES_NOT_COPIED = 19373;

  /// The value decoded as UTF-8, not escaped.
  public String text() {
    return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
  }
}

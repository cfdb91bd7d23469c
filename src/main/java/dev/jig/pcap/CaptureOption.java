package dev.jig.pcap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// An option of a pcapng block.
///
/// @param code its number: those of all blocks are here, the others belong to their block
/// @param value read-only, without padding, in the byte order of the option's section; a custom
///   option's value begins with the 32 bits of its Private Enterprise Number
public record CaptureOption(int code, ByteBuffer value) {
  public static final int COMMENT = 1;

  /// Custom options, by kind of value (text or bytes) and whether a tool that rewrites the file may
  /// copy them.
  public static final int CUSTOM_TEXT = 2988;

  public static final int CUSTOM_BYTES = 2989;
  public static final int CUSTOM_TEXT_NOT_COPIED = 19372;
  public static final int CUSTOM_BYTES_NOT_COPIED = 19373;

  /// The value as UTF-8, raw: output escapes it.
  public String text() {
    return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
  }
}

package dev.jig.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text that this program puts beside a packet, or alone, for itself to read back: a custom
/// option of UTF-8 that other tools carry along when they rewrite the file
/// (draft-ietf-opsawg-pcapng section 3.5.1).
///
/// Its number is the one for examples (RFC 5612), for want of a registered one, and others may use
/// that too: whoever reads a note has to see whether it is one.
public final class CustomText {
  /// The Private Enterprise Number in front of the text.
  static final int ENTERPRISE_NUMBER = 32_473;

  /// The longest text, in bytes: an option's length has 16 bits, and the number is part of it.
  public static final int MAX_LENGTH = 0xffff - Integer.BYTES;

  /// The longest block of a note alone, with a comment of the same length.
  static final int MAX_BLOCK_LENGTH = 4 * 0xffff;

  private CustomText() {}

  /// The option that carries a text.
  ///
  /// @throws IllegalArgumentException if it is too long
  static CaptureOption toOption(String text, ByteOrder order) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > MAX_LENGTH) {
      throw new IllegalArgumentException("a note of " + encoded.length + " bytes");
    }
    ByteBuffer value = ByteBuffer.allocate(Integer.BYTES + encoded.length).order(order);
    value.putInt(ENTERPRISE_NUMBER).put(encoded).flip();
    return new CaptureOption(CaptureOption.CUSTOM_TEXT, value.asReadOnlyBuffer().order(order));
  }

  /// The first text among a block's options that may be a note, null if there is none.
  static @Nullable String find(List<CaptureOption> options) {
    for (CaptureOption option : options) {
      ByteBuffer value = option.value();
      if (option.code() == CaptureOption.CUSTOM_TEXT
          && value.remaining() >= Integer.BYTES
          && value.getInt(value.position()) == ENTERPRISE_NUMBER) {
        ByteBuffer text = value.duplicate().position(value.position() + Integer.BYTES);
        return StandardCharsets.UTF_8.decode(text).toString();
      }
    }
    return null;
  }
}

package dev.jig.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Text in a custom option (draft-ietf-opsawg-pcapng section 3.5.1), which this program reads back
/// and other tools copy when they rewrite the file.
///
/// The Private Enterprise Number is the one for documentation (RFC 5612). Other programs may use
/// it, too, so the reader must validate the text.
public final class CustomText {
  /// The Private Enterprise Number ahead of the text.
  static final int ENTERPRISE_NUMBER = 32_473;

  /// The longest text, in bytes: an option's 16-bit length includes the number.
  public static final int MAX_LENGTH = 0xffff - Integer.BYTES;

  /// The longest custom or statistics block that is read, in bytes.
  static final int MAX_BLOCK_LENGTH = 4 * 0xffff;

  private CustomText() {}

  /// Encodes a text as an option.
  ///
  /// @throws IllegalArgumentException if it is too long
  static CaptureOption toOption(String text, ByteOrder order) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a custom option of " + encoded.length + " bytes, at most " + MAX_LENGTH);
    }
    ByteBuffer value = ByteBuffer.allocate(Integer.BYTES + encoded.length).order(order);
    value.putInt(ENTERPRISE_NUMBER).put(encoded).flip();
    return new CaptureOption(CaptureOption.CUSTOM_TEXT, value.asReadOnlyBuffer().order(order));
  }

  /// Finds the first text with this program's number; null if there is none.
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

package dev.jig.dns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A text buffer with the presentation forms of zone files (RFC 1035 section 5.1); printable ASCII
/// only. What would exceed the limit is left out and sets [#isCut].
final class Presentation {
  private static final byte[] HEX = ascii("0123456789ABCDEF");
  private static final byte[] LOWER_HEX = ascii("0123456789abcdef");
  private static final byte[] BASE32HEX = ascii("0123456789ABCDEFGHIJKLMNOPQRSTUV");
  private static final byte[] BASE64 =
      ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  /// An octet as `\DDD`.
  private static final int ESCAPED_LENGTH = 4;

  private byte[] text = new byte[1024];
  private int length;
  private int limit;
  private boolean cut;
  private int pointers;

  /// Begins a text of at most `limit` characters.
  void begin(int limit) {
    length = 0;
    cut = false;
    this.limit = limit;
  }

  int length() {
    return length;
  }

  /// Whether something was left out.
  boolean isCut() {
    return cut;
  }

  /// Compression pointers followed since [#resetPointers], in all texts.
  int pointers() {
    return pointers;
  }

  void resetPointers() {
    pointers = 0;
  }

  /// Drops everything after an earlier length.
  void truncate(int earlier) {
    length = earlier;
  }

  @Override
  public String toString() {
    return new String(text, 0, length, StandardCharsets.ISO_8859_1);
  }

  Presentation put(char c) {
    if (hasRoom(1)) {
      text[length++] = (byte) c;
    }
    return this;
  }

  @SuppressWarnings("deprecation") // takes the low byte of each character, which is what ASCII is
  Presentation put(String ascii) {
    int end = ascii.length();
    if (hasRoom(end)) {
      ascii.getBytes(0, end, text, length);
      length += end;
    }
    return this;
  }

  Presentation decimal(long value) {
    if (value < 10 && value >= 0) {
      return put((char) ('0' + value));
    }
    return put(Long.toString(value));
  }

  /// With leading zeros.
  Presentation padded(long value, int digits) {
    for (long power = 10; digits > 1; digits--, power *= 10) {
      if (value < power) {
        put('0');
      }
    }
    return decimal(value);
  }

  /// RFC 4648 section 8, upper case.
  Presentation hex(byte[] from, int start, int end) {
    return hex(HEX, from, start, end);
  }

  Presentation lowerHex(byte[] from, int start, int end) {
    return hex(LOWER_HEX, from, start, end);
  }

  private Presentation hex(byte[] digits, byte[] from, int start, int end) {
    if (hasRoom(2 * (end - start))) {
      for (int i = start; i < end; i++) {
        text[length++] = digits[from[i] >> 4 & 0xf];
        text[length++] = digits[from[i] & 0xf];
      }
    }
    return this;
  }

  /// RFC 4648 section 4.
  Presentation base64(byte[] from, int start, int end) {
    if (!hasRoom((end - start + 2) / 3 * 4)) {
      return this;
    }
    int at = start;
    for (; at + 3 <= end; at += 3) {
      int bits = (from[at] & 0xff) << 16 | (from[at + 1] & 0xff) << 8 | from[at + 2] & 0xff;
      sextets(bits, 4);
    }
    if (end - at == 2) {
      sextets((from[at] & 0xff) << 16 | (from[at + 1] & 0xff) << 8, 3);
      put('=');
    } else if (end - at == 1) {
      sextets((from[at] & 0xff) << 16, 2);
      put("==");
    }
    return this;
  }

  private void sextets(int bits, int count) {
    for (int i = 0; i < count; i++) {
      text[length++] = BASE64[bits >>> 18 - 6 * i & 0x3f];
    }
  }

  /// RFC 4648 section 7 without padding, for NSEC3 (RFC 5155 section 3.3).
  Presentation base32Hex(byte[] from, int start, int end) {
    if (!hasRoom((end - start) * 8 / 5 + 1)) {
      return this;
    }
    int bits = 0;
    int count = 0;
    for (int i = start; i < end; i++) {
      bits = bits << 8 | from[i] & 0xff;
      count += 8;
      for (; count >= 5; count -= 5) {
        text[length++] = BASE32HEX[bits >>> count - 5 & 0x1f];
      }
    }
    if (count > 0) {
      text[length++] = BASE32HEX[bits << 5 - count & 0x1f];
    }
    return this;
  }

  /// A character-string in quotes (RFC 1035 section 5.1).
  Presentation quoted(byte[] from, int start, int end) {
    put('"');
    for (int i = start; i < end; i++) {
      character(from[i] & 0xff);
    }
    return put('"');
  }

  /// A character of a quoted string.
  Presentation character(int octet) {
    if (octet == '"' || octet == '\\') {
      return put('\\').put((char) octet);
    }
    return octet < ' ' || octet >= 0x7f ? escaped(octet) : put((char) octet);
  }

  /// An octet as `\DDD`.
  Presentation escaped(int octet) {
    if (hasRoom(ESCAPED_LENGTH)) {
      text[length++] = '\\';
      text[length++] = (byte) ('0' + octet / 100);
      text[length++] = (byte) ('0' + octet / 10 % 10);
      text[length++] = (byte) ('0' + octet % 10);
    }
    return this;
  }

  /// A name that a [WireCursor] has checked, with trailing dot (RFC 1035 section 5.1). Bytes that
  /// are not printable ASCII become `\DDD` (RFC 4343 section 2.1), dots and backslashes within
  /// labels get a backslash; case stays as on the wire.
  Presentation name(byte[] buffer, int messageStart, int nameStart) {
    if (!hasRoom(ESCAPED_LENGTH * WireCursor.MAX_NAME_LENGTH)) {
      return this;
    }
    int at = nameStart;
    int before = length;
    for (int label = buffer[at] & 0xff; label != 0; label = buffer[at] & 0xff) {
      if (WireCursor.isPointer(label)) {
        at = WireCursor.pointerTarget(buffer, messageStart, at);
        pointers++;
        continue;
      }
      for (int i = at + 1; i <= at + label; i++) {
        nameOctet(buffer[i] & 0xff);
      }
      text[length++] = '.';
      at += label + 1;
    }
    return length == before ? put('.') : this;
  }

  /// The caller ensures there is room.
  private void nameOctet(int octet) {
    if (octet <= ' ' || octet >= 0x7f) {
      escaped(octet);
      return;
    }
    if (octet == '.' || octet == '\\') {
      text[length++] = '\\';
    }
    text[length++] = (byte) octet;
  }

  Presentation ipv4(byte[] from, int at) {
    decimal(from[at] & 0xff).put('.').decimal(from[at + 1] & 0xff);
    return put('.').decimal(from[at + 2] & 0xff).put('.').decimal(from[at + 3] & 0xff);
  }

  /// RFC 5952: `::` for the longest run of zero fields, the first if several are as long; mapped
  /// addresses in mixed notation.
  Presentation ipv6(byte[] from, int at) {
    int zeroStart = -1;
    int zeroLength = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && WireCursor.read16(from, at + 2 * (i + run)) == 0) {
        run++;
      }
      if (run > zeroLength) {
        zeroStart = i;
        zeroLength = run;
      }
      i += run;
    }
    if (zeroStart == 0 && zeroLength == 5 && WireCursor.read16(from, at + 10) == 0xffff) {
      return put("::ffff:").ipv4(from, at + 12);
    }
    for (int i = 0; i < 8; i++) {
      if (i == zeroStart) {
        put("::");
        i += zeroLength - 1;
        continue;
      }
      if (i > 0 && i != zeroStart + zeroLength) {
        put(':');
      }
      put(Integer.toHexString(WireCursor.read16(from, at + 2 * i)));
    }
    return this;
  }

  /// `\#`, the length and the bytes in hex (RFC 3597 section 5).
  Presentation generic(byte[] from, int start, int end) {
    put("\\# ").decimal(end - start);
    return end == start ? this : put(' ').hex(from, start, end);
  }

  private boolean hasRoom(int more) {
    if (text.length - length < more || limit - length < more) {
      return makeRoom(more);
    }
    return true;
  }

  private boolean makeRoom(int more) {
    if (limit - length < more) {
      cut = true;
      return false;
    }
    text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.jig.dns;

/// Type bitmaps of NSEC, NSEC3, CSYNC and NXT, written as mnemonics.
final class TypeBitmap {
  private static final int WINDOW = 256;
  private static final int MAX_BYTES = 32;
  private static final int OLD_MAX_BYTES = 16;

  private TypeBitmap() {}

  /// Windows in ascending order, to the end (RFC 4034 section 4.1.2): number, length, bitmap.
  static boolean write(RecordData data, Presentation text) {
    int start = text.length();
    int lastWindow = -1;
    while (data.remaining() > 0) {
      if (!data.require(2)) {
        return false;
      }
      int window = data.take8();
      int length = data.take8();
      if (window <= lastWindow || length == 0 || length > MAX_BYTES || !data.require(length)) {
        return data.fail();
      }
      lastWindow = window;
      writeBits(data, length, window * WINDOW, text, start);
    }
    return true;
  }

  /// One window without number and length (RFC 2535 section 5.2).
  static boolean writeOld(RecordData data, Presentation text) {
    int length = data.remaining();
    if (length > OLD_MAX_BYTES) {
      return data.fail();
    }
    writeBits(data, length, 0, text, text.length());
    return true;
  }

  private static void writeBits(
      RecordData data, int length, int firstType, Presentation text, int start) {
    for (int i = 0; i < length; i++) {
      int bits = data.take8();
      for (int bit = 0; bit < 8; bit++) {
        if ((bits & 0x80 >> bit) != 0) {
          if (text.length() > start) {
            text.put(' ');
          }
          text.put(RecordType.mnemonic(firstType + 8 * i + bit));
        }
      }
    }
  }
}

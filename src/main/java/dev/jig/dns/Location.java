package dev.jig.dns;

/// A place on earth (RFC 1876 section 2).
///
/// ```
///   version 1 | size 1 | horizontal precision 1 | vertical precision 1
///   latitude 4 | longitude 4 | altitude 4
/// ```
///
/// Angles are thousandths of arc seconds from the equator and the prime meridian, which are at
/// 2^31; altitude is centimetres from 100 km below the reference spheroid; sizes are a digit and a
/// power of ten of centimetres.
final class Location {
  private static final int LENGTH = 16;
  private static final long MIDDLE = 1L << 31;
  private static final long GROUND_CM = 10_000_000;

  private Location() {}

  static boolean write(RecordData data, Presentation text) {
    if (!data.has(LENGTH) || data.buffer()[data.at()] != 0) {
      return data.bad();
    }
    data.skip(1);
    int sizes = data.at();
    for (int i = 0; i < 3; i++) {
      int size = data.buffer()[sizes + i] & 0xff;
      if (size >> 4 > 9 || (size & 0xf) > 9) {
        return data.bad();
      }
    }
    data.skip(3);
    writeAngle(data.take32() - MIDDLE, 'N', 'S', text);
    writeAngle(data.take32() - MIDDLE, 'E', 'W', text);
    writeMetres(data.take32() - GROUND_CM, text);
    for (int i = 0; i < 3; i++) {
      writeMetres(size(data.buffer()[sizes + i] & 0xff), text.put(' '));
    }
    return true;
  }

  private static void writeAngle(long thousandths, char after, char before, Presentation text) {
    long left = Math.abs(thousandths);
    text.decimal(left / 3_600_000).put(' ').padded(left / 60_000 % 60, 2).put(' ');
    text.padded(left / 1000 % 60, 2).put('.').padded(left % 1000, 3).put(' ');
    text.put(thousandths < 0 ? before : after).put(' ');
  }

  private static void writeMetres(long centimetres, Presentation text) {
    if (centimetres < 0) {
      text.put('-');
    }
    long left = Math.abs(centimetres);
    text.decimal(left / 100).put('.').padded(left % 100, 2).put('m');
  }

  private static long size(int digitAndPower) {
    long centimetres = digitAndPower >> 4;
    for (int power = digitAndPower & 0xf; power > 0; power--) {
      centimetres *= 10;
    }
    return centimetres;
  }
}

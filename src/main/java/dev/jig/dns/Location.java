package dev.jig.dns;

/// LOC data (RFC 1876 section 2).
///
/// ```
///   version 1 | size 1 | horizontal precision 1 | vertical precision 1
///   latitude 4 | longitude 4 | altitude 4
/// ```
///
/// Angles are in thousandths of an arc second, 2^31 is the equator or the prime meridian. Altitude
/// is in centimetres above a base 100 km below the reference spheroid. A size is a digit and a
/// power of ten, in centimetres.
final class Location {
  private static final int LENGTH = 16;
  private static final long ZERO_ANGLE = 1L << 31;
  private static final long REFERENCE_CM = 10_000_000;

  private Location() {}

  static boolean write(RecordData data, Presentation text) {
    if (!data.require(LENGTH) || data.buffer()[data.at()] != 0) {
      return data.fail();
    }
    data.skip(1);
    int sizes = data.at();
    for (int i = 0; i < 3; i++) {
      int size = data.buffer()[sizes + i] & 0xff;
      if (size >> 4 > 9 || (size & 0xf) > 9) {
        return data.fail();
      }
    }
    data.skip(3);
    writeAngle(data.take32() - ZERO_ANGLE, 'N', 'S', text);
    writeAngle(data.take32() - ZERO_ANGLE, 'E', 'W', text);
    writeMetres(data.take32() - REFERENCE_CM, text);
    for (int i = 0; i < 3; i++) {
      writeMetres(size(data.buffer()[sizes + i] & 0xff), text.put(' '));
    }
    return true;
  }

  private static void writeAngle(
      long thousandths, char positive, char negative, Presentation text) {
    long angle = Math.abs(thousandths);
    text.decimal(angle / 3_600_000).put(' ').padded(angle / 60_000 % 60, 2).put(' ');
    text.padded(angle / 1000 % 60, 2).put('.').padded(angle % 1000, 3).put(' ');
    text.put(thousandths < 0 ? negative : positive).put(' ');
  }

  private static void writeMetres(long centimetres, Presentation text) {
    if (centimetres < 0) {
      text.put('-');
    }
    long distance = Math.abs(centimetres);
    text.decimal(distance / 100).put('.').padded(distance % 100, 2).put('m');
  }

  private static long size(int digitAndPower) {
    long centimetres = digitAndPower >> 4;
    for (int power = digitAndPower & 0xf; power > 0; power--) {
      centimetres *= 10;
    }
    return centimetres;
  }
}

package dev.jig.wire;

import java.util.Arrays;
import java.util.Random;

/// Damages bytes at random.
final class Damage {
  private static final int MAX_CHANGES = 4;

  private Damage() {}

  /// A copy with a few bytes changed, and sometimes cut or with bytes repeated.
  static byte[] of(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    for (int i = random.nextInt(MAX_CHANGES); i >= 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    if (random.nextInt(8) == 0) {
      return Arrays.copyOf(damaged, random.nextInt(damaged.length));
    }
    if (random.nextInt(8) == 0) {
      int from = random.nextInt(damaged.length);
      byte[] longer = Arrays.copyOf(damaged, damaged.length + damaged.length - from);
      System.arraycopy(damaged, from, longer, damaged.length, damaged.length - from);
      return longer;
    }
    return damaged;
  }
}

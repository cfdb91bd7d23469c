package dev.jig.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A fast 64-bit hash for in-memory tables; not stable between versions, not cryptographic.
public final class Hash64 {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ODD = 0x9e3779b97f4a7c15L;
  private static final long SEED = 0xc2b2ae3d27d4eb4fL;

  private Hash64() {}

  /// Hashes `length` bytes, at least eight.
  public static long of(byte[] bytes, int offset, int length) {
    long hash = SEED ^ length;
    int last = offset + length - Long.BYTES;
    for (int at = offset; at < last; at += Long.BYTES) {
      hash = mix(hash ^ (long) WORD.get(bytes, at));
    }
    return mix(hash ^ (long) WORD.get(bytes, last));
  }

  /// Spreads every bit of the value over all bits of the result.
  public static long mix(long value) {
    long mixed = (value ^ value >>> 32) * ODD;
    mixed = (mixed ^ mixed >>> 29) * SEED;
    return mixed ^ mixed >>> 32;
  }
}

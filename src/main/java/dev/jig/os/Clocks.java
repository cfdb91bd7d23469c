package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The kernel's clocks in nanoseconds (clock_gettime(2)). For one thread.
public final class Clocks {
  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_BOOTTIME = 7;
  private static final int TRIES = 4;
  private static final long CLOSE_NS = 2_000;

  private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

  /// CLOCK_BOOTTIME: nanoseconds since boot, suspend included, as bpf_ktime_get_boot_ns().
  public long bootNs() {
    return read(CLOCK_BOOTTIME);
  }

  /// The current CLOCK_REALTIME minus CLOCK_BOOTTIME, in nanoseconds. The real time is read between
  /// two readings of the boot clock, up to 4 times or until these lie within 2 µs; the closest pair
  /// counts.
  public long realMinusBootNs() {
    long smallestGapNs = Long.MAX_VALUE;
    long offsetNs = 0;
    for (int i = 0; i < TRIES && smallestGapNs > CLOSE_NS; i++) {
      long before = read(CLOCK_BOOTTIME);
      long real = read(CLOCK_REALTIME);
      long gapNs = read(CLOCK_BOOTTIME) - before;
      if (gapNs < smallestGapNs) {
        smallestGapNs = gapNs;
        offsetNs = real - before - gapNs / 2;
      }
    }
    return offsetNs;
  }

  private long read(int clock) {
    if (Libc.clockGettime(clock, timespec) != 0) {
      throw NativeException.failed("cannot read clock " + clock, Native.errno());
    }
    return timespec.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000
        + timespec.get(ValueLayout.JAVA_LONG, 8);
  }
}

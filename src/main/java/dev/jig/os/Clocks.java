package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The kernel's clocks, nanosecond by nanosecond (clock_gettime(2)). For one thread.
public final class Clocks {
  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_BOOTTIME = 7;
  private static final int TRIES = 4;
  private static final long TIGHT_NS = 2_000;

  private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

  /// Nanoseconds since boot, sleep included: bpf_ktime_get_boot_ns.
  public long bootNs() {
    return read(CLOCK_BOOTTIME);
  }

  /// What to add to the boot clock to get nanoseconds since the epoch, now. The real time is read
  /// between two readings of the boot clock; the tightest pair of a few counts.
  public long realMinusBootNs() {
    long bestGapNs = Long.MAX_VALUE;
    long offsetNs = 0;
    for (int i = 0; i < TRIES && bestGapNs > TIGHT_NS; i++) {
      long before = read(CLOCK_BOOTTIME);
      long real = read(CLOCK_REALTIME);
      long gapNs = read(CLOCK_BOOTTIME) - before;
      if (gapNs < bestGapNs) {
        bestGapNs = gapNs;
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

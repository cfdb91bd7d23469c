package dev.jig.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What the kernel side counted (struct counters in src/main/bpf/trace_dns.h), both directions and
/// all CPUs added up. Packets: `seen = skipped + noPayload + bad + ringFull + recorded`, exactly
/// once nothing is attached any more.
///
/// @param seen packets recognised as DNS
/// @param skipped of containers that were not asked for
/// @param noPayload TCP segments without data
/// @param bad headers that could not be parsed
/// @param ringFull lost: no room in the ring
/// @param recorded handed to user space
/// @param fragments later IP fragments, not parsed and not in `seen`
/// @param noStorage sockets whose owner could not be kept for want of memory
/// @param notices cgroup and socket notices handed to user space
/// @param noticesLost notices the ring had no room for
public record KernelCounters(
    long seen,
    long skipped,
    long noPayload,
    long bad,
    long ringFull,
    long recorded,
    long fragments,
    long noStorage,
    long notices,
    long noticesLost) {
  static final int FIELDS = 16; // with those unused
  static final KernelCounters ZERO = new KernelCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// Whether every packet seen is accounted for.
  public boolean isBalanced() {
    return unaccounted() == 0;
  }

  /// Packets seen minus the sum of what became of them.
  public long unaccounted() {
    return seen - (skipped + noPayload + bad + ringFull + recorded);
  }

  /// Adds the values of all CPUs for one direction.
  KernelCounters plus(MemorySegment perCpu) {
    long[] sum = new long[FIELDS];
    long slots = perCpu.byteSize() / Long.BYTES;
    for (long i = 0; i < slots; i++) {
      sum[(int) (i % FIELDS)] += perCpu.get(ValueLayout.JAVA_LONG, i * Long.BYTES);
    }
    return new KernelCounters(
        seen + sum[0],
        skipped + sum[1],
        noPayload + sum[2],
        bad + sum[3],
        ringFull + sum[4],
        recorded + sum[5],
        fragments + sum[6],
        noStorage + sum[7],
        notices + sum[8],
        noticesLost + sum[9]);
  }
}

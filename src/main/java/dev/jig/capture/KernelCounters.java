package dev.jig.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The kernel program's counters (struct counters in src/main/bpf/trace_dns.h), summed over CPUs
/// and directions. Packets: `seen = skipped + noPayload + bad + ringFull + recorded`, exact once
/// all programs are detached.
///
/// @param seen packets recognised as DNS
/// @param skipped of cgroups with the verdict to skip
/// @param noPayload TCP segments without data
/// @param bad packets with headers or payload that could not be read
/// @param ringFull packets lost to a full ring
/// @param recorded packets written to the ring
/// @param fragments IP fragments but the first, not parsed and not in `seen`
/// @param noStorage failures of bpf_sk_storage_get(): a socket may have no owner
/// @param notices notices written to the ring
/// @param noticesLost notices lost to a full ring
/// @param drops drop records written to the ring
/// @param dropsLost drop records lost to a ring that was too full
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
    long noticesLost,
    long drops,
    long dropsLost) {
  static final int FIELDS = 16; // with the unused ones
  static final KernelCounters ZERO = new KernelCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// Whether every packet seen is accounted for.
  public boolean isBalanced() {
    return unaccounted() == 0;
  }

  /// Packets seen minus the sum of what became of them.
  public long unaccounted() {
    return seen - (skipped + noPayload + bad + ringFull + recorded);
  }

  /// Adds one direction's counters of all CPUs.
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
        noticesLost + sum[9],
        drops + sum[10],
        dropsLost + sum[11]);
  }
}

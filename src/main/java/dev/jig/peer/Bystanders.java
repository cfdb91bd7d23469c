package dev.jig.peer;

import dev.jig.event.IpAddress;
import dev.jig.table.Mixing;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Cgroups whose rows nobody wants, but whose processes may be the peers of those that are shown.
/// One that was no peer for a number of messages is skipped in the kernel; a row that may have
/// missed its peer for that reason makes everything count again.
public final class Bystanders {
  /// Messages after which one is skipped that never was a peer.
  static final int PATIENCE = 16;

  /// Further ones for a cgroup that was a peer: a resolver serves many.
  static final int CREDIT = 4096;

  static final long FORGET_EVERY_NS = 1_000_000_000;

  private static final int SLOTS = 1 << 13;
  private static final int NEIGHBOURS = 8;
  private static final int SOURCES = 1024;

  private final LongConsumer skip;
  private final Runnable forgetSkipped;
  private final long[] cgroups = new long[SLOTS];
  private final int[] idle = new int[SLOTS];

  /// Whether the rule that makes it unwanted allows skipping it.
  private final boolean[] offered = new boolean[SLOTS];

  private final @Nullable IpAddress[] skippedSources = new @Nullable IpAddress[SOURCES];
  private long mayForgetNs;

  /// @param skip told of each cgroup whose packets need not be recorded until `forgetSkipped`
  /// @param forgetSkipped called when all packets are to be recorded again
  public Bystanders(LongConsumer skip, Runnable forgetSkipped) {
    this.skip = skip;
    this.forgetSkipped = forgetSkipped;
  }

  /// None of this cgroup's rows are wanted until [#offersAreVoid].
  public void maySkip(long cgroupId) {
    offered[slot(cgroupId)] = true;
  }

  /// What is wanted has changed.
  public void offersAreVoid() {
    Arrays.fill(offered, false);
  }

  /// A message of an unwanted cgroup came by.
  void sawOf(long cgroupId, IpAddress source) {
    int slot = slot(cgroupId);
    if (++idle[slot] > PATIENCE && offered[slot]) {
      skippedSources[sourceSlot(source)] = source;
      skip.accept(cgroupId);
    }
  }

  /// One of its processes was a peer.
  void helped(long cgroupId) {
    idle[slot(cgroupId)] = -CREDIT;
  }

  /// The sender of a wanted message was not found.
  void missed(IpAddress source, long bootNs) {
    if (bootNs >= mayForgetNs && source.equals(skippedSources[sourceSlot(source)])) {
      mayForgetNs = bootNs + FORGET_EVERY_NS;
      Arrays.fill(idle, 0);
      Arrays.fill(skippedSources, null);
      forgetSkipped.run();
    }
  }

  /// The cgroup's own slot; where all near it are taken, another's history ends.
  private int slot(long cgroupId) {
    int home = (int) Mixing.mix(cgroupId);
    for (int i = 0; i < NEIGHBOURS; i++) {
      int slot = home + i & SLOTS - 1;
      if (cgroups[slot] == cgroupId) {
        return slot;
      }
      if (cgroups[slot] == 0) {
        return take(slot, cgroupId);
      }
    }
    return take(home & SLOTS - 1, cgroupId);
  }

  private int take(int slot, long cgroupId) {
    cgroups[slot] = cgroupId;
    idle[slot] = 0;
    offered[slot] = false;
    return slot;
  }

  private static int sourceSlot(IpAddress source) {
    return (int) Mixing.mix(source.high() ^ source.low()) & SOURCES - 1;
  }
}
